"""How an amount is spread over the visits of a patient: the oldest first."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F

from liaison.billing import ledger
from liaison.billing.models import Balance, Transfer
from liaison.kernel import ids
from liaison.kernel.errors import NotFound
from liaison.people.models import Patient
from liaison.people.queries import may_open
from liaison.record.actor import Actor
from liaison.record.change import Change
from liaison.record.rows import locked


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an amount that belongs to a visit, or to the account itself."""

    encounter_id: UUID | None
    cents: int


def opened(actor: Actor, patient_id: UUID) -> Patient:
    """The patient, locked: whoever moves the patient's balance waits for the other. Raises NotFound, Forbidden."""
    patient = locked(Patient, patient_id)
    if patient is None:
        raise NotFound("no-patient", "There is no such patient. Search for the patient again.")
    may_open(actor, patient)
    return patient


def held(account: str, patient_id: UUID, encounter_id: UUID | None = None) -> list[Part]:
    """What an account holds for each visit of a patient, the oldest first; for one visit where it is named."""
    rows = Balance.objects.filter(account=account, patient_id=patient_id, cents__isnull=False)
    if encounter_id:
        rows = rows.filter(encounter_id=encounter_id)
    found = rows.order_by(F("since").asc(nulls_first=True), "pk").values_list("encounter_id", "cents")
    return [Part(encounter, cents) for encounter, cents in found if cents]


def spread(parts: list[Part], cents: int) -> list[Part]:
    """An amount over the parts that are owed, the oldest first; never more than they hold."""
    found = []
    for part in parts:
        if part.cents > 0 and (take := min(part.cents, cents)) > 0:
            found.append(Part(part.encounter_id, take))
            cents -= take
    return found


def post(
    this: Change, patient_id: UUID, kind: str, debit: str, credit: str, parts: list[Part], **facts: Any
) -> list[Transfer]:
    """Entries of one kind for each part, together one transaction."""
    facts.setdefault("transaction", ids.new_id())
    facts.setdefault("at", this.at)
    entries = [
        ledger.entry(kind, debit, credit, part.cents, patient_id=patient_id, encounter_id=part.encounter_id, **facts)
        for part in parts
    ]
    return this.save_new(entries)
