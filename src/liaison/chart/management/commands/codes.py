"""`liaison codes`: find codes by words, measure how well that works, build the packaged code files from a release."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from liaison.chart import cpt
from liaison.engines.codes.icd10cm import MOST_ASKED, Icd10cm
from liaison.engines.codes.level2 import search_hcpcs
from liaison.kernel import clock
from liaison.kernel.errors import Invalid, NotFound
from liaison.record.command import LiaisonCommand

# The weights are learned from terms that are not held out; with fewer of these they would mean little
MOST_HELD_OUT = 60


class Command(LiaisonCommand):
    help = "Find diagnosis codes by words, measure the search, or build the packaged files from a release."
    needs_home = False

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        search = verbs.add_parser("search", help="find codes by words, abbreviations or the start of a code")
        search.add_argument("words", nargs="+")
        search.add_argument("--system", choices=("icd10cm", "hcpcs", "cpt"), default="icd10cm", help="whose codes")
        search.add_argument("--limit", type=int, default=20, help="how many (default: %(default)s)")
        search.add_argument("--json", action="store_true", help="print one JSON list")
        load = verbs.add_parser("load", help="build the packaged file from the official files of a release")
        load.add_argument("folder", type=Path, metavar="DIR", help="the folder with the files")
        load.add_argument("--out", type=Path, help="the folder to write to (default: the package)")
        licensed = verbs.add_parser("load-cpt", help="keep the CPT file that the practice has licensed, in its home")
        licensed.add_argument("file", type=Path, help="code and words in each line, with a tab or comma between")
        measure = verbs.add_parser("evaluate", help="build the search without a part of the index, and ask for it")
        measure.add_argument("--holdout-percent", type=int, default=20, help="the part (default: %(default)s)")
        measure.add_argument("--seed", type=int, default=1, help="chooses the 600 terms that are asked for")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        getattr(self, f"_{verb.replace('-', '_')}")(**options)

    def _search(self, words: list[str], system: str, limit: int, **options: Any) -> None:
        asked = " ".join(" ".join(words).split())
        found = _SEARCHES[system](asked[:MOST_ASKED], max(1, limit))
        if len(asked) > MOST_ASKED:
            self.stderr.write(f"Only the first {MOST_ASKED} characters were looked for.")
        if options["json"]:
            self.stdout.write(json.dumps(found))
            return
        for row in found:
            note = "" if row["billable"] else "  (not billable)"
            self.stdout.write(f"{row['code']:<9}{row['description']}{note}")
        if not found:
            self.stdout.write("Nothing found. Try another word for the same thing, or look at the spelling.")

    def _load(self, folder: Path, out: Path | None, **options: Any) -> None:
        from liaison.engines.codes import level2
        from liaison.engines.codes.book import PACKAGED, NotTheRelease
        from liaison.engines.codes.make import make

        into = Path(level2.__file__).parent
        try:
            if any(folder.rglob("hcpcs_level2_*.tsv")):
                codes, places, count = level2.make(folder)
                ((out or into) / level2.PACKAGED).write_bytes(codes)
                ((out or into) / level2.PLACES).write_bytes(places)
                self.stdout.write(f"{count:,} codes and modifiers of HCPCS Level II written.")
                return
            data = make(folder, self.stdout.write)
        except (NotTheRelease, level2.NotTheTables) as problem:
            raise Invalid("folder", str(problem))
        ((out or into) / PACKAGED).write_bytes(data)
        self.stdout.write(f"ICD-10-CM written, {len(data):,} bytes.")

    def _load_cpt(self, file: Path, **options: Any) -> None:
        try:
            count = cpt.keep(file.read_text("utf-8"))
        except OSError as problem:
            raise NotFound("no-file", f"{file} cannot be read: {problem.strerror}.")
        self.stdout.write(f"{count:,} {'code' if count == 1 else 'codes'} of CPT kept in this home.")

    def _evaluate(self, holdout_percent: int, seed: int, **options: Any) -> None:
        from liaison.engines.codes.evaluate import evaluate

        if not 1 <= holdout_percent <= MOST_HELD_OUT:
            raise Invalid("holdout-percent", f"Hold out 1 to {MOST_HELD_OUT} percent of the terms.")
        recall = evaluate(Icd10cm.load().book, holdout_percent, seed, self.stdout.write)
        self.stdout.write("recall in percent at 1, 10 and 100:")
        self.stdout.write(" ".join(f"{percent:.1f}" for percent in recall))


Row = dict[str, str | bool]


def _icd10cm(words: str, limit: int) -> list[Row]:
    found = Icd10cm.load().search(words, limit)
    return [{"code": one.code, "description": one.description, "billable": one.billable} for one in found]


def _hcpcs(words: str, limit: int) -> list[Row]:
    today = clock.now().date()
    return [
        {"code": one.code, "description": one.long, "billable": one.holds_on(today)}
        for one in search_hcpcs(words, limit)
    ]


def _cpt(words: str, limit: int) -> list[Row]:
    return [{"code": code, "description": said, "billable": True} for code, said in cpt.search(words, limit)]


_SEARCHES: dict[str, Callable[[str, int], list[Row]]] = {"icd10cm": _icd10cm, "hcpcs": _hcpcs, "cpt": _cpt}
