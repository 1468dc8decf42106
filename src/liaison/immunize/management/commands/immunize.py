"""`liaison immunize`: vaccines by the CDC's rules, from cases in files: forecast, verify, explain, load a release.

What one verb alone needs is imported there: the others answer a line in a moment.
"""

import gc
import hashlib
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import CommandParser
from django.db import connection
from django.utils import timezone

from liaison.engines.cdsi import Process, Schedule
from liaison.engines.cdsi.cases import LONGEST, TOO_LONG, BadCase, Case, Difference, answer, compare, read_case
from liaison.engines.cdsi.explain import explain
from liaison.engines.cdsi.release import BrokenRelease, read_release
from liaison.engines.cdsi.schedule_file import pack, read
from liaison.immunize import schedule
from liaison.kernel import clock
from liaison.kernel.errors import Invalid, NotFound
from liaison.record.actor import machine
from liaison.record.command import LiaisonCommand, ensure_home

# Enough to look at; the pages have the rest
MOST_NAMED = 10


class Command(LiaisonCommand):
    help = "What vaccines are due, and why, by the CDC's schedule: for cases in a file. Loads a new release of it."
    needs_home = False

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        load = verbs.add_parser("load-schedule", help="put a release of the CDC's supporting data in force")
        load.add_argument("folder", type=Path, metavar="DIR", help="the folder with the release's XML files")
        load.add_argument("--release", help="its version, such as 4.64 (default: as the folder's name tells)")
        load.add_argument("--out", type=Path, help="write the schedule file there instead, and put nothing in force")
        load.add_argument("--check", action="store_true", help="only tell what it changes, and for which patients")
        card = verbs.add_parser("health-card-key", help="the key that signs SMART Health Cards: made at the first use")
        card.add_argument("--rotate", action="store_true", help="let a new key sign; cards of the old one stay good")
        tables = verbs.add_parser("load-codes", help="put a release of the CDC's vaccine code tables in force")
        tables.add_argument("folder", type=Path, metavar="DIR", help="the folder with its CSV files")
        tables.add_argument("--out", type=Path, help="write the codes file there instead, and put nothing in force")
        for name, about in (
            ("forecast", "a JSON line in for each patient, a JSON line out with doses evaluated and forecasts"),
            ("verify", "compare answers with what the cases expect"),
        ):
            verb = verbs.add_parser(name, help=about)
            verb.add_argument("cases", metavar="CASES.jsonl", help="the file, or - for standard input")
            verb.add_argument("--schedule", type=Path, help="a schedule file to use instead of the one in force")
        why = verbs.add_parser(
            "explain", help="why each dose counts or not, and why each date, with the rules' numbers"
        )
        why.add_argument("whom", metavar="PATIENT|CASES.jsonl", help="a patient's MRN or id; or a file of cases, or -")
        why.add_argument("case", nargs="?", metavar="ID", help="only the case of this id")
        why.add_argument("--on", type=date.fromisoformat, help="a patient on this day (default: today)")
        why.add_argument("--schedule", type=Path, help="a schedule file to use instead of the one in force")
        why.add_argument("--all", action="store_true", help="every vaccine group, also where the case names one")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        if verb == "load-schedule":
            self.load_schedule(options["folder"], options["release"], options["out"], check=options["check"])
            return
        if verb == "health-card-key":
            self.health_card_key(rotate=options["rotate"])
            return
        if verb == "load-codes":
            self.load_codes(options["folder"], options["out"])
            return
        used = schedule.load(options["schedule"]) if options["schedule"] else schedule.in_force()
        # The schedule stays until the end: the collector need not look through it again and again
        gc.freeze()
        if verb == "forecast":
            self.forecast(options["cases"], used)
        elif verb == "verify":
            self.verify(options["cases"], used)
        elif options["whom"] == "-" or Path(options["whom"]).exists():
            self.explain(options["whom"], options["case"], options["all"], used)
        else:
            self.explain_patient(options["whom"], options["on"])

    def load_schedule(self, folder: Path, release: str | None, out: Path | None, *, check: bool) -> None:
        version = release or _version(folder)
        try:
            packed = pack(read_release(folder, version))
        except BrokenRelease as broken:
            for fault in broken.faults:
                self.stderr.write(fault)
            raise Invalid("broken-release", "The release has faults; nothing was put in force.") from None
        before = schedule.in_force()
        path = out or schedule.path_in_force()
        new = read(packed)
        series = sum(len(antigen.series) for antigen in new.antigens.values())
        doses = sum(len(s.doses) for antigen in new.antigens.values() for s in antigen.series)
        self.stdout.write(
            f"Release {version}: {len(new.antigens)} antigens, {series} series, {doses} target doses, "
            f"{len(new.groups)} vaccine groups, {len(new.vaccines)} vaccines, {len(new.observations)} observations."
        )
        self._changes(before, new)
        if out is None and _has_patients():
            self._patients(packed)
        if check:
            self.stdout.write("Nothing was put in force.")
            return
        beside = path.with_name(path.name + ".new")
        beside.write_bytes(packed)
        beside.replace(path)
        if out is None and new.version == before.version and _has_patients():
            self._forecast_again()
        self.stdout.write(f"Written to {path}." if out else f"In force from now on ({path}).")

    def health_card_key(self, *, rotate: bool) -> None:
        import django

        django.setup()  # the module names models

        from liaison.immunize import health_cards

        ring = health_cards.rotate() if rotate else health_cards.ring()
        self.stdout.write(f"Signing now: {ring.signing.kid}")
        for key in ring.retired:
            self.stdout.write(f"Signed before: {key['kid']}")
        self.stdout.write(f"Kept in {health_cards.path_of_keys()}; verifiers fetch /.well-known/jwks.json.")

    def load_codes(self, folder: Path, out: Path | None) -> None:
        from liaison.immunize import codes

        loaded = codes.load(folder, out)
        new = loaded.facts
        self.stdout.write("\n".join(f"  {change}" for change in loaded.changes) or "  Nothing differs.")
        self.stdout.write(
            f"Code tables of {new.version}: {len(new.vaccines)} vaccines, {len(new.manufacturers)} manufacturers, "
            f"{len(new.products)} packages."
        )
        self.stdout.write(f"Written to {loaded.path}." if out else f"In force from now on ({loaded.path}).")

    def _patients(self, packed: bytes) -> None:
        """What a release changes for whom, when this home has patients."""
        import django

        django.setup()
        ensure_home()

        from rich.console import Console
        from rich.progress import Progress

        from liaison.immunize import rollout

        total = rollout.patients()
        found: dict[tuple[str, str], list[str]] = {}
        with Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("Patients", total=total)
            actor, today = machine("command line", "cli"), clock.today(timezone.get_default_timezone())
            for each in rollout.differences(
                actor, schedule.packed_in_force(), packed, today, lambda n: bar.advance(task, n)
            ):
                found.setdefault((each.vaccine_group, each.kind), []).append(each.mrn)
        touched = len({mrn for mrns in found.values() for mrn in mrns})
        self.stdout.write(f"Among {total} patients {touched} are forecast otherwise.")
        for (group, kind), mrns in sorted(found.items()):
            more = f" and {len(mrns) - MOST_NAMED} more" if len(mrns) > MOST_NAMED else ""
            self.stdout.write(f"  {group}, {kind}: {len(mrns)} (MRN {', '.join(mrns[:MOST_NAMED])}{more})")

    def _forecast_again(self) -> None:
        """Let everybody be forecast again: who was is known by the release's name, which is the same as before."""
        import django

        django.setup()
        ensure_home()

        from liaison.immunize.models import Forecast

        Forecast.objects.all().delete()

    def _changes(self, before: Schedule, new: Schedule) -> None:
        found = schedule.changes(before, new)
        for word, names in (("added", found.added), ("removed", found.removed), ("changed", found.different)):
            for name in sorted(names):
                self.stdout.write(f"  {word:<8}{name}")
        if not (found.added or found.removed or found.different):
            self.stdout.write(f"  No series differs from release {before.version}.")

    def forecast(self, cases: str, used: Schedule) -> None:
        for found in _read(cases):
            row = {"id": found.case_id, "error": str(found)} if isinstance(found, BadCase) else answer(found, used)
            self.stdout.write(json.dumps(row))

    def verify(self, cases: str, used: Schedule) -> None:
        counted: Counter[tuple[str, str, bool]] = Counter()
        told: list[str] = []
        for found in _read(cases):
            if isinstance(found, BadCase):
                counted["-", "-", False] += 1
                told.append(f"{found.case_id or '(no id)'}: {found}")
                continue
            differences = compare(found, answer(found, used))
            suite, group = found.suite or "-", found.vaccine_group or "-"
            counted[suite, group, not differences] += 1
            if differences:
                told += _told(found, differences)
        self.stdout.write("\n".join(_table(counted)))
        self.stdout.write("\n".join(["", *told, ""]) if told else "")
        passed = sum(n for (_, _, right), n in counted.items() if right)
        self.stdout.write(f"{passed} passed, {counted.total() - passed} failed")

    def explain(self, cases: str, only: str | None, every_group: bool, used: Schedule) -> None:
        several = False
        for found in _read(cases):
            case_id = found.case_id if isinstance(found, BadCase) else found.id
            if only is not None and case_id != only:
                continue
            self.stdout.write("\n\n" if several else "", ending="")
            several = True
            if isinstance(found, BadCase):
                self.stdout.write(f"{case_id or '(no id)'}: {found}")
                continue
            self.stdout.write(f"{found.id}  {found.name}".rstrip())
            for fault in found.faults:
                self.stdout.write(fault)
            group = None if every_group else found.vaccine_group
            self.stdout.write("\n".join(explain(Process(found.patient, found.assessment_date, used), group)))
        if not several:
            raise NotFound(
                "no-case", f"There is no case {only} in {cases}." if only else f"There is no case in {cases}."
            )

    def explain_patient(self, whom: str, on: date | None) -> None:
        """The one verb that needs the home: its database, and with it Django's models."""
        import django

        django.setup()
        ensure_home()

        from django.db.models import Q

        from liaison.immunize.queries import forecast_for
        from liaison.people.models import Patient

        try:
            named = Q(pk=UUID(whom))
        except ValueError:
            named = Q(mrn__iexact=whom)
        patient_id = Patient.objects.filter(named).values_list("pk", flat=True).first()
        if patient_id is None:
            raise NotFound("no-patient", f"There is neither a file nor a patient {whom}.")
        day = on or clock.today(timezone.get_default_timezone())
        process = forecast_for(machine("command line", "cli"), patient_id, day, why="liaison immunize explain")
        self.stdout.write("\n".join(explain(process)))


def _read(cases: str) -> Iterator[Case | BadCase]:
    """The cases of a file, line by line as they are asked for, those that cannot be read among them."""
    try:
        with nullcontext(sys.stdin.buffer) if cases == "-" else Path(cases).open("rb") as lines:
            # A line that is too long is read past, piece by piece, and not kept
            whole = True
            while line := lines.readline(LONGEST):
                began, whole = whole, line.endswith(b"\n") or len(line) < LONGEST
                if not whole and began:
                    yield BadCase(TOO_LONG)
                elif began and line.strip():
                    yield _case(line)
    except OSError as error:
        raise Invalid("unreadable", f"{cases} cannot be read: {error}.") from None


def _case(line: bytes) -> Case | BadCase:
    try:
        return read_case(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return BadCase("The line is not UTF-8.")
    except BadCase as bad:
        return bad


def _has_patients() -> bool:
    """Whether this home has been set up: a release can be loaded before there is a database."""
    return connection.vendor != "sqlite" or Path(connection.settings_dict["NAME"]).exists()


def _version(folder: Path) -> str:
    """The version that the folder's name tells, else one made of what is in it: the files themselves name none."""
    if found := re.search(r"\d+\.\d+", folder.resolve().name):
        return found.group()
    content = hashlib.sha256()
    for path in sorted(folder.glob("*.xml")):
        content.update(path.read_bytes())
    return f"unnamed ({content.hexdigest()[:8]})"


def _table(counted: Counter[tuple[str, str, bool]]) -> Iterator[str]:
    """Passed and failed by suite and vaccine group, each suite with its sum."""
    yield f"{'suite':<12}{'vaccine group':<24}{'passed':>8}{'failed':>8}"
    for suite in sorted({suite for suite, _, _ in counted}):
        for group in sorted({group for found, group, _ in counted if found == suite}):
            yield f"{suite:<12}{group:<24}{counted[suite, group, True]:>8}{counted[suite, group, False]:>8}"
        right, wrong = (sum(n for (s, _, ok), n in counted.items() if (s, ok) == (suite, was)) for was in (True, False))
        yield f"{suite:<12}{'all':<24}{right:>8}{wrong:>8}"


def _told(case: Case, differences: list[Difference]) -> Iterator[str]:
    yield f"{case.id}  {case.vaccine_group or ''}  {case.name}".rstrip()
    for each in differences:
        yield f"    {each.what}: expected {each.expected}, got {each.got}"
