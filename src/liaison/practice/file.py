"""A practice as a TOML file describes it, read and checked as a whole: every error with its place and what to write."""

import tomllib
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path as File
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ValidationError
from django.db import models

from liaison.kernel import hours
from liaison.kernel.errors import Invalid
from liaison.kernel.hours import WEEKDAYS, Span
from liaison.kernel.phones import e164
from liaison.people.models import Staff, User
from liaison.people.roles import STAFF_ROLES
from liaison.places.models import Organization, Room, Site
from liaison.places.npi import check_npi
from liaison.practice.lines import Lines, Path
from liaison.record.columns import tidy
from liaison.supplies.models import StorageUnit

Week = dict[int, list[Span]]
_ADDRESS = {"phone": "phone", "street": "line", "city": "city", "state": "state", "postal_code": "postal_code"}
# What may be written in each table, and the column that it is
_PRACTICE = {"name": "name", "npi": "npi", "tax_id": "tax_id", "taxonomy": "taxonomy", **_ADDRESS}
_PAYER = {"name": "name", "id": "code", **_ADDRESS}
_NUMBERS = {"place_of_service": "place_of_service", "npi": "npi", "clia": "clia"}
_SITE = {"code": "code", "name": "name", "zone": "zone", **_NUMBERS, **_ADDRESS}
_ROOM = {"name": "name", "kind": "kind"}
# Each kind has the CDC's limits; others are set on the unit's page
_STORAGE = {"name": "name", "kind": "kind"}
_STAFF = {"family": "family", "given": "given", "credential": "credential", "npi": "npi", "taxonomy": "taxonomy"}


@dataclass
class Entry:
    """A table of the file: the columns it names, and where it stands."""

    path: Path
    columns: dict[str, Any] = field(default_factory=dict)
    rooms: list["Entry"] = field(default_factory=list)
    storage: list["Entry"] = field(default_factory=list)
    week: Week = field(default_factory=dict)
    role: str = ""
    sign_in: str = ""
    site: str = ""
    also_at: list[str] = field(default_factory=list)
    weeks: dict[str, Week] = field(default_factory=dict)  # by the site's code


@dataclass
class Plan:
    """A whole practice, as it shall be."""

    practice: Entry
    payers: list[Entry]
    sites: list[Entry]
    staff: list[Entry]


class Unsuitable(Exception):
    """A file that cannot be taken: `problems` are lines for a person, each with its place."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Reader:
    """Reads one file; keeps what is wrong with it."""

    def __init__(self, file: File, text: str) -> None:
        self._name, self._lines, self._text = file.name, Lines(text), text
        self.problems: list[tuple[int, str]] = []

    def plan(self) -> Plan:
        """The practice that the file describes. Raises Unsuitable with everything that is wrong."""
        try:
            data = tomllib.loads(self._text)
        except tomllib.TOMLDecodeError as wrong:
            raise Unsuitable([f"{self._name}: this is not TOML: {wrong}"])
        self._known((), data, ("practice", "payers", "sites", "staff"))
        practice = self._table(("practice",), data.get("practice"), _PRACTICE, Organization, ("name",))
        sites = [self._site(path, table) for path, table in self._tables("sites", data)]
        plan = Plan(
            practice=practice,
            payers=[
                self._table(path, table, _PAYER, Organization, ("name", "id"))
                for path, table in self._tables("payers", data)
            ],
            sites=sites,
            staff=[self._staff(path, table) for path, table in self._tables("staff", data)],
        )
        self._agree(plan)
        self.refuse()
        return plan

    def refuse(self) -> None:
        """Raise Unsuitable when anything is wrong."""
        if self.problems:
            raise Unsuitable([f"{self._name}, line {line}: {said}" for line, said in sorted(self.problems)])

    def wrong(self, path: Path, sentence: str) -> None:
        """Note what is wrong, and where."""
        self.problems.append((self._lines.line(path), f"{_named(path)}{sentence}"))

    def _tables(self, name: str, data: dict[str, Any]) -> list[tuple[Path, Any]]:
        found = data.get(name, [])
        if not isinstance(found, list):
            self.wrong((name,), f"Write [[{name}]], with two brackets, before each one.")
            return []
        return [((name, number), table) for number, table in enumerate(found)]

    def _known(self, path: Path, table: dict[str, Any], names: Collection[str]) -> None:
        for name in table.keys() - set(names):
            self.wrong((*path, name), f"There is no such entry. Those that there are: {', '.join(names)}.")

    def _table(
        self,
        path: Path,
        table: Any,
        names: dict[str, str],
        model: type[models.Model],
        required: Collection[str],
        more: Collection[str] = (),
    ) -> Entry:
        entry = Entry(path)
        if not isinstance(table, dict):
            self.wrong(path, f"It is missing. Write a table [{path[0]}] with: {', '.join(names)}.")
            return entry
        self._known(path, table, (*names, *more))
        for name in required:
            if not table.get(name):
                self.wrong((*path, name), f'It is missing. Write {name} = "…".')
        for name in names.keys() & table.keys():
            value = self._value((*path, name), table[name], model._meta.get_field(names[name]))
            if value is not None:
                entry.columns[names[name]] = value
        return entry

    def _value(self, path: Path, value: Any, column: Any) -> str | None:
        if not isinstance(value, str):
            self.wrong(path, "Write it in quotation marks.")
            return None
        text = tidy(value)
        try:
            if column.name == "phone":
                text = e164(text)
            elif column.name == "npi":
                check_npi(text)
            elif column.name == "zone":
                ZoneInfo(text)
            elif column.name == "place_of_service" and not (len(text) == 2 and text.isdigit()):
                self.wrong(path, 'It is two digits of the CMS list: "11" is an office.')
                return None
            return str(column.clean(text, None)) if text else ""
        except Invalid as refusal:
            self.wrong(path, refusal.sentence)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.wrong(path, 'Name the time zone as the tz database does, like "America/Chicago".')
        except ValidationError as problem:
            choices = f" It is one of: {', '.join(str(key) for key, _ in column.choices)}." if column.choices else ""
            self.wrong(path, choices.strip() or " ".join(problem.messages))
        return None

    def _site(self, path: Path, table: Any) -> Entry:
        entry = self._table(path, table, _SITE, Site, ("code", "name", "zone"), ("rooms", "storage", "hours"))
        if not isinstance(table, dict):
            return entry
        rooms = table.get("rooms", [])
        if not isinstance(rooms, list):
            self.wrong((*path, "rooms"), 'Write a list, like ["Room 1", {name = "Lab", kind = "lab"}].')
            rooms = []
        for number, room in enumerate(rooms):
            facts = {"name": room} if isinstance(room, str) else room
            place = (*path, "rooms", number)
            if not isinstance(facts, dict):
                self.wrong(place, 'Write a room as "Room 1", or as {name = "Lab", kind = "lab"}.')
                continue
            entry.rooms.append(self._table(place, facts, _ROOM, Room, ("name",)))
        self._once(((one.path, one.columns.get("name", "")) for one in entry.rooms), "room of this site")
        entry.storage = self._storage((*path, "storage"), table.get("storage", []))
        entry.week = self._week((*path, "hours"), table.get("hours", {}))
        return entry

    def _storage(self, path: Path, units: Any) -> list[Entry]:
        """The refrigerators and freezers of a site."""
        if not isinstance(units, list) or not all(isinstance(one, dict) for one in units):
            self.wrong(path, 'Write a list, like [{name = "Refrigerator 1", kind = "refrigerator"}].')
            return []
        found = [
            self._table((*path, number), unit, _STORAGE, StorageUnit, ("name", "kind"))
            for number, unit in enumerate(units)
        ]
        self._once(((one.path, one.columns.get("name", "")) for one in found), "storage unit of this site")
        return found

    def _week(self, path: Path, table: Any) -> Week:
        if not isinstance(table, dict):
            self.wrong(path, 'Write the hours by day, like {weekdays = "08:00-12:00, 13:00-17:00"}.')
            return {}
        days = {name.casefold(): number for number, name in enumerate(WEEKDAYS)}
        self._known(path, table, ("weekdays", *days))
        week: Week = {}
        # The days by name after "weekdays": they say more
        for name in sorted(table.keys() & {"weekdays", *days}, key=lambda name: (name != "weekdays", name)):
            if not isinstance(table[name], str):
                self.wrong((*path, name), 'Write it in quotation marks: "08:00-12:00, 13:00-17:00", or "closed".')
                continue
            try:
                times = hours.spans(table[name])
            except Invalid as refusal:
                self.wrong((*path, name), refusal.sentence)
                continue
            week |= dict.fromkeys(range(5) if name == "weekdays" else [days[name]], times)
        return week

    def _staff(self, path: Path, table: Any) -> Entry:
        more = ("role", "sign_in", "site", "also_at", "hours")
        entry = self._table(path, table, _STAFF, Staff, ("family", "given", "role", "site"), more)
        if not isinstance(table, dict):
            return entry
        entry.site, entry.role = str(table.get("site", "")), str(table.get("role", ""))
        if entry.role and entry.role not in STAFF_ROLES:
            self.wrong((*path, "role"), f"Write one of: {', '.join(STAFF_ROLES)}.")
        entry.sign_in = (
            self._value((*path, "sign_in"), table.get("sign_in", ""), User._meta.get_field("username")) or ""
        )
        also = table.get("also_at", [])
        if not isinstance(also, list) or not all(isinstance(one, str) for one in also):
            self.wrong((*path, "also_at"), 'Write a list of site codes, like ["oak"].')
        else:
            entry.also_at = also
        weeks = table.get("hours", {})
        if not isinstance(weeks, dict):
            self.wrong((*path, "hours"), 'Write hours by site, like hours.elm = {weekdays = "08:00-17:00"}.')
            return entry
        if weeks and entry.role and entry.role != "provider":
            self.wrong((*path, "hours"), "Only a provider has hours in the schedule. Take them out.")
        entry.weeks = {code: self._week((*path, "hours", code), week) for code, week in weeks.items()}
        return entry

    def _agree(self, plan: Plan) -> None:
        """What one table says of another."""
        codes = {site.columns.get("code", "") for site in plan.sites}
        known = f"Write the code of a site of this file: {', '.join(sorted(codes))}."
        for person in plan.staff:
            if person.site and person.site not in codes:
                self.wrong((*person.path, "site"), known)
            if set(person.also_at) - codes:
                self.wrong((*person.path, "also_at"), known)
            for code in person.weeks.keys() - codes:
                self.wrong((*person.path, "hours", code), known)
        self._once(((one.path, one.columns.get("code", "")) for one in plan.sites), "site", "code")
        self._once(((one.path, one.columns.get("code", "")) for one in plan.payers), "payer", "id")
        self._once(((one.path, one.sign_in.casefold()) for one in plan.staff), "sign-in name", "sign_in")

    def _once(self, named: Any, what: str, key: str = "name") -> None:
        seen: set[str] = set()
        for path, name in named:
            if name and name in seen:
                self.wrong((*path, key), f"There is another {what} “{name}” above. Give each its own.")
            seen.add(name)


def read(file: File) -> tuple[Reader, Plan]:
    """Read and check a practice's file. Raises Unsuitable."""
    try:
        text = file.read_text("utf-8")
    except OSError as trouble:
        raise Unsuitable([f"{file}: it cannot be read: {trouble.strerror}"])
    except UnicodeDecodeError:
        raise Unsuitable([f"{file}: it is not text in UTF-8. Save it as plain text."])
    reader = Reader(file, text)
    return reader, reader.plan()


def _named(path: Path) -> str:
    """`staff 3, role: `, as a person counts."""
    words = [f" {part + 1}" if isinstance(part, int) else f", {part}" for part in path]
    said = "".join(words).removeprefix(", ")
    return f"{said}: " if said else ""
