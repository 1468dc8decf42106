"""What the practice's pages ask: the staff list, sites whole, providers' hours and absences, what is still to do."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from uuid import UUID

from django.db.models import Prefetch
from django.utils import timezone

from liaison.kernel import clock, hours
from liaison.kernel.errors import NotFound
from liaison.kernel.hours import Span
from liaison.people.models import Staff, StaffRole
from liaison.places import queries as places
from liaison.places.models import OpeningHours, Organization, Room, Site
from liaison.record.actor import Actor
from liaison.schedule.models import Absence, Appointment, ProviderSchedule

Week = dict[int, list[Span]]


@dataclass
class SiteWhole:
    """A site with its rooms in use, those out of use, and its week in words."""

    site: Site
    rooms: list[Room] = field(default_factory=list)
    past_rooms: list[Room] = field(default_factory=list)
    week: Week = field(default_factory=dict)

    @property
    def open(self) -> list[tuple[str, str]]:
        return hours.said_weekly(self.week)


@dataclass
class ProviderAt:
    """A provider's week at a site."""

    site: Site
    week: Week

    @property
    def said(self) -> list[tuple[str, str]]:
        return hours.said_weekly(self.week)


@dataclass(frozen=True)
class ToDo:
    """Something that a practice still lacks, and the page to add it on (name and arguments)."""

    sentence: str
    page: str
    args: tuple[UUID, ...] = ()


def sites_whole(actor: Actor) -> list[SiteWhole]:
    """Every active site with rooms and hours, by name. Three queries."""
    actor.require("places.manage")
    found = {site.pk: SiteWhole(site) for site in places.sites()}
    for room in Room.objects.filter(site__in=found).order_by("position", "name"):
        whole = found[room.site_id]
        (whole.rooms if room.active else whole.past_rooms).append(room)
    for one in OpeningHours.objects.filter(site__in=found).order_by("weekday", "opens"):
        found[one.site_id].week.setdefault(one.weekday, []).append((one.opens, one.closes))
    return list(found.values())


def room(room_id: UUID) -> Room:
    """A room with its site, in use or not. Raises NotFound."""
    found = Room.objects.select_related("site").filter(pk=room_id).first()
    if found is None:
        raise NotFound("no-room", "There is no such room.", "room")
    return found


def payer(payer_id: UUID) -> Organization:
    """A payer, used or not. Raises NotFound."""
    found = Organization.objects.filter(pk=payer_id, kind=Organization.Kind.PAYER).first()
    if found is None:
        raise NotFound("no-payer", "There is no such payer.")
    return found


def all_payers() -> list[Organization]:
    """The payers, those in use first, by name."""
    return list(Organization.objects.filter(kind=Organization.Kind.PAYER).order_by("-active", "name"))


def roster(actor: Actor) -> list[Staff]:
    """The whole staff list with sign-ins and sites, those who have left too, by name."""
    actor.require("people.staff")
    return list(Staff.objects.select_related("user", "site").order_by("family", "given", "created_at"))


def member(actor: Actor, staff_id: UUID) -> Staff:
    """A member of staff with sign-in, site, and `elsewhere`: the other sites. Raises NotFound."""
    actor.require("people.staff")
    roles = StaffRole.objects.filter(active=True).select_related("site").order_by("site__name")
    found = Staff.objects.select_related("user", "site").prefetch_related(Prefetch("roles", roles))
    staff = found.filter(pk=staff_id).first()
    if staff is None:
        raise NotFound("no-staff", "There is nobody like that on the staff list.")
    return staff


def weeks_of(provider_id: UUID) -> list[ProviderAt]:
    """A provider's weekly hours, by site."""
    found = ProviderSchedule.objects.filter(provider_id=provider_id, active=True).select_related("site")
    return [ProviderAt(one.site, week_of(one)) for one in found.order_by("site__name")]


def week_of(schedule: ProviderSchedule | None) -> Week:
    """A schedule's stored hours as times."""
    if schedule is None or not schedule.active:
        return {}
    return {
        int(day): hours.spans(", ".join("-".join(span) for span in spans)) for day, spans in schedule.weekly.items()
    }


def as_stored(week: Week) -> dict[str, list[list[str]]]:
    """Times as a schedule stores them: see `schedule.actions.set_hours`."""
    return {str(day): [[f"{a:%H:%M}", f"{b:%H:%M}"] for a, b in spans] for day, spans in week.items() if spans}


def absences_of(provider_id: UUID) -> list[tuple[Absence, str]]:
    """A provider's absences that are not over, soonest first, each with its time in words."""
    found = Absence.objects.filter(provider_id=provider_id, ends_at__gt=clock.now()).order_by("starts_at")
    return [(one, _away(one)) for one in found]


def _away(absence: Absence) -> str:
    """`Mon 8 Mar 2027`, `Mon 8 Mar to Fri 12 Mar 2027`, or with times where it is not whole days."""
    first, until = timezone.localtime(absence.starts_at), timezone.localtime(absence.ends_at)
    last = until - timedelta(microseconds=1)
    day, year = "%a %-d %b", "%a %-d %b %Y"
    if (first.time(), until.time()) == (time.min, time.min):
        return f"{last:{year}}" if first.date() == last.date() else f"{first:{day}} to {last:{year}}"
    if first.date() == last.date():
        return f"{first:{year}}, {first:%-H:%M} to {until:%-H:%M}"
    return f"{first:{day}}, {first:%-H:%M}, to {until:{year}}, {until:%-H:%M}"


def booked_of(provider_id: UUID, starts_at: datetime | None = None, ends_at: datetime | None = None) -> int:
    """How many visits are booked with a provider from now on, or within a time."""
    booked = Appointment.objects.filter(provider_id=provider_id, status=Appointment.Status.BOOKED)
    booked = booked.filter(ends_at__gt=starts_at or clock.now())
    return (booked.filter(starts_at__lt=ends_at) if ends_at else booked).count()


def to_do(actor: Actor) -> list[ToDo]:
    """What the practice still lacks before a visit can be booked, carried out and claimed."""
    practice = places.practice()
    lacking = [
        words
        for column, words in (("npi", "NPI"), ("tax_id", "tax ID"), ("line", "street"), ("postal_code", "postal code"))
        if not getattr(practice, column)
    ]
    found = [ToDo(f"Add the practice’s {_and(lacking)}: claims need them.", "practice-edit")] if lacking else []
    if not places.payers():
        found.append(ToDo("Add the payers that your patients are insured with.", "add-payer"))
    whole = sites_whole(actor)
    if not whole:
        found.append(ToDo("Add the first site.", "add-site"))
    for one in whole:
        if not one.rooms:
            found.append(
                ToDo(f"Add a room to {one.site.name}: nobody can be roomed there.", "add-room", (one.site.pk,))
            )
        if not one.week:
            found.append(ToDo(f"Say when {one.site.name} is open.", "site-hours", (one.site.pk,)))
    providers = list(Staff.objects.filter(role="provider", active=True).order_by("family", "given"))
    if not providers:
        found.append(ToDo("Add a provider: without one, no visit can be booked.", "add-staff"))
    with_hours = set(
        ProviderSchedule.objects.filter(active=True).exclude(weekly={}).values_list("provider_id", flat=True)
    )
    for provider in providers:
        if provider.pk not in with_hours:
            found.append(ToDo(f"Say when {provider.short} sees patients.", "staff-member", (provider.pk,)))
        if not provider.npi:
            found.append(ToDo(f"Add {provider.short}’s NPI: claims need it.", "edit-staff", (provider.pk,)))
    return found


def _and(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
