"""What may be done with the practice's places: set them up, and say what state a room is in."""

from datetime import time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.kernel.phones import e164
from liaison.places.models import OpeningHours, Organization, Room, Site
from liaison.places.npi import check_npi
from liaison.record.actor import Actor
from liaison.record.change import change
from liaison.record.columns import check


def add_organization(actor: Actor, *, kind: str, name: str, **more: Any) -> Organization:
    """Add the practice, a payer (`code` is its electronic payer ID) or another organization."""
    with change(actor, "places.manage") as this:
        return this.save(_checked_organization(Organization(kind=kind, name=name, **more)))


def update_organization(actor: Actor, organization_id: UUID, **fields: Any) -> Organization:
    """Change what is known of an organization."""
    with change(actor, "places.manage") as this:
        organization = Organization.objects.select_for_update().filter(pk=organization_id).first()
        if organization is None:
            raise NotFound("no-organization", "There is no such organization.")
        for name, value in fields.items():
            setattr(organization, name, value)
        return this.save(_checked_organization(organization), *fields)


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
        site = Site(organization_id=organization_id, name=name, code=code, **more)
        site.phone = e164(site.phone)
        check(site)
        try:
            ZoneInfo(site.zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise Invalid("bad-zone", "Name the time zone as the tz database does, like America/Chicago.", "zone")
        if Site.objects.filter(code=site.code).exists():
            raise Conflict("site-exists", f"There is already a site with the code {site.code}.", "code")
        return this.save(site)


def add_room(actor: Actor, *, site_id: UUID, name: str, kind: str = "exam", position: int = 0) -> Room:
    """Add a room to a site, ready for a patient."""
    with change(actor, "places.manage") as this:
        room = Room(site_id=site_id, name=name, kind=kind, position=position, state_since=this.at)
        check(room)
        if Room.objects.filter(site_id=site_id, name=room.name).exists():
            raise Conflict("room-exists", f"This site already has a room {room.name}.", "name")
        return this.save(room)


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


def set_room_state(actor: Actor, room_id: UUID, state: str) -> Room:
    """Say that a room is ready, occupied, dirty or closed. Only a ready room can be occupied, so two can never take it.

    Raises Conflict when it is taken or not clean yet, NotFound, Invalid for another word.
    """
    with change(actor, "places.rooms") as this:
        room = Room.objects.select_for_update().filter(pk=room_id).first()
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
