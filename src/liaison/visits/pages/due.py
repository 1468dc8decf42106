"""What is to be done for a patient besides the visit's next step: open tasks, and what is missing in the record."""

from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from liaison.billing.queries import balance_of
from liaison.kernel.money import dollars
from liaison.people.queries import coverages_of, missing_consents
from liaison.record.actor import Actor
from liaison.visits.models import Stage, Visit
from liaison.worklist import queries as worklist

_ARRIVING = (Stage.REQUESTED, Stage.BOOKED, Stage.CONFIRMED)
# What the page of the task's own visit shows in its work, or on top
_ON_THE_PAGE = ("tell-provider", "collect-order", "finish-order", "do-order")
MOST = 8


@dataclass(frozen=True, slots=True)
class Due:
    """One line: what, and where it is done (nowhere else than here without a link)."""

    title: str
    link: str = ""


def due_for(actor: Actor, visit: Visit) -> list[Due]:
    """The patient's open tasks of this person's role, then what is missing; check-in asks for the latter itself."""
    here = reverse("visit", args=[visit.pk])
    tasks = worklist.of_patient(actor, visit.patient_id) if actor.may("worklist.read") else []
    others = [task for task in tasks if task.visit_id != visit.pk or task.kind not in _ON_THE_PAGE]
    found = [Due(task.title, "" if task.link == here else task.link) for task in others]
    if visit.stage not in _ARRIVING and actor.may("people.write"):
        found += _missing(visit)
    if actor.may("billing.collect") and (owed := balance_of(visit.patient_id)) > 0:
        found.append(Due(f"{dollars(owed)} to pay", _page(actor, "account", visit.patient_id)))
    return found[:MOST]


def _missing(visit: Visit) -> list[Due]:
    patient = visit.patient
    details = reverse("patient-details", args=[patient.pk])
    found = [Due(f"To sign: {form.title}", details) for form in missing_consents(patient.pk)]
    covered = bool(coverages_of(patient.pk))
    if covered and patient.address_gap:
        found.append(Due("Address is not complete", reverse("patient-edit", args=[patient.pk])))
    if not covered:
        found.append(Due("No coverage on file", details))
    if not patient.phone:
        found.append(Due("No telephone on file", reverse("patient-edit", args=[patient.pk])))
    return found


def _page(actor: Actor, name: str, patient_id: UUID) -> str:
    return reverse(name, args=[patient_id]) if actor.may("billing.read") else ""
