"""What may be done with the practice's places: set them up and keep them, and say what state a room is in."""

import re
from collections.abc import Iterable, Mapping
from datetime import time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import Max

from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.kernel.hours import Span
from liaison.kernel.phones import e164
from liaison.places.models import OpeningHours, Organization, Room, Site
from liaison.places.npi import check_npi
from liaison.record.actor import Actor
from liaison.record.change import Change, change
from liaison.record.columns import check
from liaison.record.rows import locked

CLIA = re.compile(r"[0-9]{2}D[0-9]{7}")


def add_organization(actor: Actor, *, kind: str, name: str, **more: Any) -> Organization:
    """Add the practice, a payer (`code` is its electronic payer ID) or another organization."""
    with change(actor, "places.manage") as this:
        return this.save(_checked_organization(Organization(kind=kind, name=name, **more)))


def update_organization(actor: Actor, organization_id: UUID, **fields: Any) -> Organization:
    """Change what is known of an organization; the same once more changes nothing."""
    with change(actor, "places.manage") as this:
        organization = Organization.objects.select_for_update().filter(pk=organization_id).first()
        if organization is None:
            raise NotFound("no-organization", "There is no such organization.")
        before = _set(organization, fields)
        _checked_organization(organization)
        return this.save(organization, *fields) if _differs(organization, before) else organization


def _checked_organization(organization: Organization) -> Organization:
    organization.phone = e164(organization.phone)
    check(organization)
    check_npi(organization.npi)
    if organization.kind == Organization.Kind.PAYER and organization.code:
        same = Organization.objects.filter(kind=organization.kind, code=organization.code).exclude(pk=organization.pk)
        if same.exists():
            raise Conflict("payer-exists", f"There is already a payer with the ID {organization.code}.", "code")
    return organization


def add_site(actor: Actor, *, name: str, code: str, organization_id: UUID | None = None, **more: Any) -> Site:
    """Add a site of the practice (of the one practice there is, unless another organization is named)."""
    with change(actor, "places.manage") as this:
        if organization_id is None:
            practice = Organization.objects.filter(kind=Organization.Kind.PRACTICE).order_by("created_at").first()
            if practice is None:
                raise Invalid("no-practice", "Add the practice before its sites.", "organization")
            organization_id = practice.pk
        return this.save(_checked_site(Site(organization_id=organization_id, name=name, code=code, **more)))


def update_site(actor: Actor, site_id: UUID, **fields: Any) -> Site:
    """Change what is known of a site; the same once more changes nothing. Its appointments keep their times."""
    with change(actor, "places.manage") as this:
        site = Site.objects.select_for_update().filter(pk=site_id).first()
        if site is None:
            raise NotFound("no-site", "There is no such site.", "site")
        before = _set(site, fields)
        _checked_site(site)
        return this.save(site, *fields) if _differs(site, before) else site


def _checked_site(site: Site) -> Site:
    site.phone = e164(site.phone)
    check(site)
    if not (len(site.place_of_service) == 2 and site.place_of_service.isdigit()):
        raise Invalid(
            "bad-place", "The place of service is two digits of the CMS list: 11 is an office.", "place_of_service"
        )
    check_npi(site.npi)
    site.clia = site.clia.upper()
    if site.clia and not CLIA.fullmatch(site.clia):
        raise Invalid("bad-clia", "A CLIA number is two digits, D and seven digits, like 14D0123456.", "clia")
    try:
        ZoneInfo(site.zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise Invalid("bad-zone", "Name the time zone as the tz database does, like America/Chicago.", "zone")
    if Site.objects.filter(code=site.code).exclude(pk=site.pk).exists():
        raise Conflict("site-exists", f"There is already a site with the code {site.code}.", "code")
    return site


def add_room(actor: Actor, *, site_id: UUID, name: str, kind: str = "exam", position: int | None = None) -> Room:
    """Add a room to a site, ready for a patient; without a `position` it lies after the others."""
    with change(actor, "places.manage") as this:
        if position is None:
            last = Room.objects.filter(site_id=site_id).aggregate(last=Max("position"))["last"]
            position = 0 if last is None else min(last + 1, 32767)
        room = Room(site_id=site_id, name=name, kind=kind, position=position, state_since=this.at)
        return this.save(_checked_room(room))


def update_room(actor: Actor, room_id: UUID, **fields: Any) -> Room:
    """Change a room's `name`, `kind` or `position`; the same once more changes nothing."""
    with change(actor, "places.manage") as this:
        room = _locked_room(room_id)
        before = _set(room, fields)
        _checked_room(room)
        return this.save(room, *fields) if _differs(room, before) else room


def retire_room(actor: Actor, room_id: UUID) -> Room:
    """Take a room out of use for good; its past stays. Raises Conflict while somebody is in it."""
    with change(actor, "places.manage") as this:
        room = _locked_room(room_id)
        if room.state == Room.State.OCCUPIED:
            raise Conflict("room-taken", f"Somebody is in {room.name}. Take it out of use when the visit has left it.")
        return _use(this, room, False)


def return_room(actor: Actor, room_id: UUID) -> Room:
    """Take a room into use again."""
    with change(actor, "places.manage") as this:
        return _use(this, _locked_room(room_id), True)


def _use(this: Change, room: Room, active: bool) -> Room:
    if room.active != active:
        room.active = active
        this.save(room, "active")
        this.event("places.room_state", room=room.pk, site=room.site_id, state=room.state)
    return room


def _checked_room(room: Room) -> Room:
    check(room)
    if Room.objects.filter(site_id=room.site_id, name=room.name).exclude(pk=room.pk).exists():
        raise Conflict("room-exists", f"This site already has a room {room.name}.", "name")
    return room


def _locked_room(room_id: UUID) -> Room:
    room = Room.objects.select_for_update().filter(pk=room_id).first()
    if room is None:
        raise NotFound("no-room", "There is no such room.", "room")
    return room


def _set(row: Organization | Site | Room, fields: dict[str, Any]) -> dict[str, Any]:
    """Set columns of a row; what they were."""
    before = {name: getattr(row, name) for name in fields}
    for name, value in fields.items():
        setattr(row, name, value)
    return before


def _differs(row: Organization | Site | Room, before: dict[str, Any]) -> bool:
    return any(getattr(row, name) != value for name, value in before.items())


def add_hours(actor: Actor, *, site_id: UUID, weekday: int, opens: time | str, closes: time | str) -> OpeningHours:
    """Say that a site is open on a weekday (0 is Monday) from a local time to another."""
    with change(actor, "places.manage") as this:
        try:
            start, end = (value if isinstance(value, time) else time.fromisoformat(value) for value in (opens, closes))
        except ValueError:
            raise Invalid("bad-time", "Write opening hours like 08:00.", "opens")
        if not 0 <= weekday <= 6 or start >= end:
            raise Invalid("bad-hours", "A site opens on a weekday from 0 (Monday) to 6, before it closes.", "opens")
        if OpeningHours.objects.filter(site_id=site_id, weekday=weekday, opens__lt=end, closes__gt=start).exists():
            raise Conflict("hours-overlap", "The site is already open at that time of the day.", "opens")
        return this.save(OpeningHours(site_id=site_id, weekday=weekday, opens=start, closes=end))


def set_opening(actor: Actor, site_id: UUID, weekly: Mapping[int, Iterable[Span]]) -> list[int]:
    """Set when a site is open on the weekdays that `weekly` names (0 is Monday; no times: closed). Others stay.

    Gives the weekdays that changed. Raises Invalid for hours that end before they begin or overlap.
    """
    with change(actor, "places.manage") as this:
        if not Site.objects.select_for_update().filter(pk=site_id).exists():
            raise NotFound("no-site", "There is no such site.", "site")
        changed = []
        for weekday, times in weekly.items():
            wanted = sorted(times)
            there = list(OpeningHours.objects.filter(site_id=site_id, weekday=weekday).order_by("opens"))
            if [(one.opens, one.closes) for one in there] == wanted:
                continue
            for one in there:
                this.remove(one)
            for opens, closes in wanted:
                add_hours(actor, site_id=site_id, weekday=weekday, opens=opens, closes=closes)
            changed.append(weekday)
        return changed


def set_room_state(actor: Actor, room_id: UUID, state: str) -> Room:
    """Say that a room is ready, occupied, dirty or closed. Only a ready room can be occupied, so two can never take it.

    Raises Conflict when it is taken or not clean yet, NotFound, Invalid for another word.
    """
    with change(actor, "places.rooms") as this:
        room = locked(Room, room_id)
        if room is None or not room.active:
            raise NotFound("no-room", "There is no such room.", "room")
        if state not in Room.State.values:
            raise Invalid("bad-state", f"A room is one of: {', '.join(Room.State.values)}.", "state")
        if state == Room.State.OCCUPIED and room.state != Room.State.READY:
            why = {"occupied": "taken", "dirty": "not clean yet", "closed": "closed"}[room.state]
            raise Conflict("room-not-ready", f"{room.name} is {why}. Choose another room.", "room")
        if room.state == state:
            return room
        room.state, room.state_since = state, this.at
        this.save(room, "state", "state_since")
        this.event("places.room_state", room=room.pk, site=room.site_id, state=state)
        return room
