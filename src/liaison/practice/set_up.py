"""Bring a practice to what its file says: adds and updates, never deletes; all of it in one change, or nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from liaison.kernel import hours
from liaison.kernel.errors import Conflict, Refused
from liaison.kernel.hours import WEEKDAYS
from liaison.people import staffing
from liaison.people.models import Staff, StaffRole
from liaison.people.passwords import first_password, stored_first
from liaison.places import actions as places
from liaison.places.models import OpeningHours, Organization, Room, Site
from liaison.practice.file import Entry, Plan, Reader, Week
from liaison.practice.queries import as_stored, week_of
from liaison.practice.start import is_sample, start_rules
from liaison.record.actor import Actor
from liaison.record.change import attempt, change
from liaison.schedule import actions as schedule
from liaison.schedule.models import ProviderSchedule
from liaison.supplies import actions as supplies
from liaison.supplies.models import StorageUnit


@dataclass
class Report:
    """What a run did, in words; `passwords` are sign-in names with their first passwords."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    only_here: list[str] = field(default_factory=list)
    passwords: list[tuple[str, str]] = field(default_factory=list)


class _OnTrial(Exception):
    """Takes a trial's changes back."""


def set_up(actor: Actor, reader: Reader, plan: Plan, *, trial: bool = False) -> Report:
    """Bring the practice to what `plan` says; `trial` only tells what would be done.

    Raises file.Unsuitable with every refusal at its place, Conflict in the home of the sample clinic.
    """
    if is_sample():
        raise Conflict("sample", "This home holds the sample clinic. Set LIAISON_HOME to another folder.")
    work = _SetUp(actor, reader, plan)
    try:
        with change(actor, "places.manage", reason="practice file"):
            work.run()
            reader.refuse()
            if trial:
                raise _OnTrial
    except _OnTrial:
        work.report.passwords = []
    return work.report


class _SetUp:
    def __init__(self, actor: Actor, reader: Reader, plan: Plan) -> None:
        self.actor, self.reader, self.plan, self.report = actor, reader, plan, Report()
        self.sites: dict[str, Site] = {}

    def run(self) -> None:
        with self._at(self.plan.practice):
            self._practice(self.plan.practice)
        for payer in self.plan.payers:
            with self._at(payer):
                self._payer(payer)
        for site in self.plan.sites:
            with self._at(site):
                self._site(site)
        for person in self.plan.staff:
            with self._at(person):
                self._person(person)
        self.report.added += [f"rules: {title}" for title in start_rules(self.actor)]
        self._only_here()

    @contextmanager
    def _at(self, entry: Entry) -> Iterator[None]:
        """A refusal within is noted at the entry, and the next one is looked at."""
        try:
            with attempt():
                yield
        except Refused as refusal:
            self.reader.wrong((*entry.path, refusal.field), refusal.sentence)

    def _practice(self, entry: Entry) -> None:
        there = Organization.objects.filter(kind=Organization.Kind.PRACTICE).order_by("created_at").first()
        if there is None:
            there = places.add_organization(self.actor, kind="practice", **entry.columns)
            self.report.added.append(f"practice {there.name}")
        elif new := self._news(there, entry.columns, f"practice {there.name}"):
            places.update_organization(self.actor, there.pk, **new)

    def _payer(self, entry: Entry) -> None:
        code = entry.columns["code"]
        there = Organization.objects.filter(kind=Organization.Kind.PAYER, code=code).first()
        if there is None:
            there = places.add_organization(self.actor, kind="payer", **entry.columns)
            self.report.added.append(f"payer {there.name}")
        elif new := self._news(there, entry.columns, f"payer {there.name}"):
            places.update_organization(self.actor, there.pk, **new)

    def _site(self, entry: Entry) -> None:
        site = Site.objects.filter(code=entry.columns["code"]).first()
        if site is None:
            site = places.add_site(self.actor, **entry.columns)
            self.report.added.append(f"site {site.name}")
        elif new := self._news(site, entry.columns, f"site {site.name}"):
            places.update_site(self.actor, site.pk, **new)
        self.sites[site.code] = site
        for position, room in enumerate(entry.rooms):
            with self._at(room):
                self._room(site, room, position)
        for unit in entry.storage:
            with self._at(unit):
                self._unit(site, unit)
        there: Week = {}
        for one in OpeningHours.objects.filter(site=site).order_by("weekday", "opens"):
            there.setdefault(one.weekday, []).append((one.opens, one.closes))
        if new_week := self._new_days(there, entry.week, f"{site.name}, open"):
            places.set_opening(self.actor, site.pk, new_week)

    def _room(self, site: Site, entry: Entry, position: int) -> None:
        room = Room.objects.filter(site=site, name=entry.columns["name"]).first()
        if room is None:
            places.add_room(self.actor, site_id=site.pk, position=position, **entry.columns)
            self.report.added.append(f"room {entry.columns['name']} of {site.name}")
        elif new := self._news(room, {"kind": "exam"} | entry.columns, f"room {room.name} of {site.name}"):
            places.update_room(self.actor, room.pk, **new)

    def _unit(self, site: Site, entry: Entry) -> None:
        """A refrigerator or freezer of a site. What it is stays: another kind is another unit."""
        name = entry.columns["name"]
        if not StorageUnit.objects.filter(site=site, name=name, active=True).exists():
            supplies.add_unit(self.actor, site_id=site.pk, **entry.columns)
            self.report.added.append(f"storage unit {name} of {site.name}")

    def _person(self, entry: Entry) -> None:
        if entry.site not in self.sites:
            return  # the site was refused, which is said there
        site = self.sites[entry.site]
        columns = entry.columns | {"role": entry.role, "site_id": site.pk}
        staff = self._known(entry)
        if staff is None:
            staff = self._add(entry, columns)
        else:
            if new := self._news(staff, columns, staff.full):
                staff = staffing.update_staff(self.actor, staff.pk, **new)
            if entry.sign_in and staff.user is None:
                staff, password = staffing.give_sign_in(self.actor, staff.pk, entry.sign_in)
                self.report.passwords.append((entry.sign_in, password))
                self.report.changed.append(f"{staff.full}: signs in as {entry.sign_in}")
        for code in entry.also_at:
            self._also(staff, code)
        for code, week in entry.weeks.items():
            self._provider_hours(staff, code, week)

    def _add(self, entry: Entry, columns: dict[str, Any]) -> Staff:
        password = first_password() if entry.sign_in else ""
        stored = stored_first(password) if password else ""
        staff = staffing.add_staff(self.actor, username=entry.sign_in, password=password, encoded=stored, **columns)
        if password:
            self.report.passwords.append((entry.sign_in, password))
        self.report.added.append(f"{staff.full}, {staff.role}")
        return staff

    def _known(self, entry: Entry) -> Staff | None:
        """Who is meant: by the sign-in name, else by NPI or full name. Raises Conflict where that is not sure."""
        found = Staff.objects.select_related("user")
        if entry.sign_in and (by_name := found.filter(user__username__iexact=entry.sign_in).first()):
            return _still_here(by_name)
        same = Q(family=entry.columns["family"], given=entry.columns["given"])
        if entry.columns.get("npi"):
            same |= Q(npi=entry.columns["npi"])
        others = {one.sign_in.casefold() for one in self.plan.staff if one is not entry and one.sign_in}
        for staff in found.filter(same).order_by("-active", "created_at"):
            if staff.user is None or not entry.sign_in:
                return _still_here(staff)
            if staff.user.username.casefold() not in others:
                raise Conflict(
                    "another-sign-in",
                    f"{staff.full} signs in as “{staff.user.username}”. Write that name; or change it on the page "
                    "of the staff first.",
                    "sign_in",
                )
        return None

    def _also(self, staff: Staff, code: str) -> None:
        site = self.sites.get(code)
        if site is None or site.pk == staff.site_id:
            return
        if not StaffRole.objects.filter(staff=staff, site=site, role=staff.role, active=True).exists():
            staffing.add_role(self.actor, staff.pk, site.pk, staff.role)
            self.report.changed.append(f"{staff.full}: also at {site.name}")

    def _provider_hours(self, staff: Staff, code: str, week: Week) -> None:
        site = self.sites.get(code)
        if site is None:
            return
        found = ProviderSchedule.objects.filter(provider=staff, site=site).first()
        there = week_of(found)
        if new := self._new_days(there, week, f"{staff.full}, hours at {site.name}"):
            schedule.set_hours(self.actor, staff.pk, site.pk, as_stored(there | new))

    def _news(self, row: Any, columns: dict[str, Any], name: str) -> dict[str, Any]:
        """The columns in which the file differs from the clinic, said in the report."""
        new = {column: value for column, value in columns.items() if getattr(row, column) != value}
        for column in new:
            self.report.changed.append(f"{name}: {column.removesuffix('_id').replace('_', ' ')}")
        return new

    def _new_days(self, there: Week, wanted: Week, name: str) -> Week:
        new = {day: spans for day, spans in wanted.items() if there.get(day, []) != spans}
        if new and not there:
            words = ", ".join(f"{days} {times}" for days, times in hours.said_weekly(new))
            self.report.added.append(f"{name}: {words}")
            return new
        for day, spans in sorted(new.items()):
            self.report.changed.append(f"{name} on {WEEKDAYS[day]}: {hours.said(spans) or 'closed'}")
        for day in sorted(there.keys() - wanted.keys()):
            if there[day]:
                self.report.only_here.append(f"{name} on {WEEKDAYS[day]}: {hours.said(there[day])}")
        return new

    def _only_here(self) -> None:
        """What the clinic has and the file has not."""
        plan, say = self.plan, self.report.only_here.append
        payers = {one.columns.get("code") for one in plan.payers}
        for payer in Organization.objects.filter(kind=Organization.Kind.PAYER, active=True).exclude(code__in=payers):
            say(f"payer {payer.name}")
        for site in Site.objects.filter(active=True).exclude(code__in=self.sites):
            say(f"site {site.name}")
        named = {(one.columns.get("code"), room.columns.get("name")) for one in plan.sites for room in one.rooms}
        for room in Room.objects.filter(active=True, site__in=self.sites.values()).select_related("site"):
            if (room.site.code, room.name) not in named:
                say(f"room {room.name} of {room.site.name}")
        kept = {(one.columns.get("code"), unit.columns.get("name")) for one in plan.sites for unit in one.storage}
        for unit in StorageUnit.objects.filter(active=True, site__in=self.sites.values()).select_related("site"):
            if (unit.site.code, unit.name) not in kept:
                say(f"storage unit {unit.name} of {unit.site.name}")
        names = {(one.columns.get("family"), one.columns.get("given")) for one in plan.staff}
        for staff in Staff.objects.filter(active=True).order_by("family", "given"):
            if (staff.family, staff.given) not in names:
                say(f"{staff.full}, {staff.role}")


def _still_here(staff: Staff) -> Staff:
    if not staff.active:
        raise Conflict(
            "has-left",
            f"{staff.full} has left. Take them out of the file, or bring them back on the page of the staff.",
        )
    return staff
