"""Who looked at whom: the audit log as people read it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.paginator import Page, Paginator

from liaison.people.models import Patient
from liaison.people.roles import CAPABILITIES, ROLES
from liaison.record.actor import Actor
from liaison.record.models import AuditEntry

A_PAGE = 50
_SEEN = 200
_WORDS = {
    "read": "Looked at the chart",
    "search": "Found in a search",
    "break-glass": "Broke the glass",
    "export": "Exported the record",
}


@dataclass(frozen=True, slots=True)
class Look:
    """One line of the log, in words."""

    at: datetime
    who: str
    role: str
    did: str
    why: str
    wrote: bool
    broke_glass: bool
    where: str


def looks_at(actor: Actor, patient_id: UUID, page: str | None = None) -> "Page[AuditEntry]":
    """A page of who saw or changed a patient's record, newest first; `line` puts an entry in words."""
    actor.require("record.audit")
    entries = AuditEntry.objects.filter(patient_id=patient_id).order_by("-seq")
    return Paginator(entries, A_PAGE).get_page(page)


def line(entry: AuditEntry) -> Look:
    """An audit entry as a person reads it."""
    return Look(
        at=entry.at,
        who=entry.actor_name,
        role=ROLES[entry.role].title if entry.role in ROLES else entry.role,
        did=_WORDS.get(entry.action) or CAPABILITIES.get(entry.action, entry.action),
        why=entry.reason,
        wrote=entry.write,
        broke_glass=entry.action in ("break-glass", "people.break_glass"),
        where=entry.where,
    )


def lately_opened(actor: Actor, limit: int = 8) -> list[Patient]:
    """The patients whose record this person opened last, newest first; restricted charts stay out of sight."""
    actor.require("people.search")
    recent = AuditEntry.objects.filter(actor_id=actor.id, patient_id__isnull=False).order_by("-seq")
    ids = list(dict.fromkeys(recent.values_list("patient_id", flat=True)[:_SEEN]))[: limit + 4]
    found = Patient.objects.in_bulk(ids)
    return [found[pk] for pk in ids if pk in found and not found[pk].restricted][:limit]
