"""The draft of a visit's charges: its evaluation, and everything that was done, none forgotten."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from dateutil.relativedelta import relativedelta

from liaison.billing.actions.claims import MOST_POINTERS, diagnosis_codes
from liaison.billing.actions.proposing import propose
from liaison.billing.charging.preventive import by_age
from liaison.billing.models import Charge, VisitCoding
from liaison.billing.queries.done import BY_SYSTEM, LATE, PERSON, VISIT, Service, done_in, service_date
from liaison.billing.queries.services import fees_in_force
from liaison.chart.models import Encounter
from liaison.documents.queries import all_in_force
from liaison.kernel.errors import Invalid, NotFound
from liaison.record import rows
from liaison.record.actor import Actor
from liaison.record.change import Change, change
from liaison.record.prepared import Prepared

ESTABLISHED = relativedelta(years=3)
MOST_UNITS = 32767


def draft_charges(
    actor: Actor, encounter_id: UUID, *, visit_type: str = "", after_billing: bool = False
) -> list[Charge]:
    """Draft what a visit is charged: its evaluation by visit type or as decided, and everything that was done.

    Gives all open charges. `visit_type` is the key of the visit type's document; without it the encounter's own words
    name it. What a person voided is left alone; what was entered in error is taken off. Once charges are billed nothing
    is added, unless `after_billing`: a person hears of it. Events billing.charges_drafted when something is new,
    billing.done_after_billing and billing.charged_in_error.
    """
    with change(actor, "billing.charge") as this:
        encounter = locked_encounter(encounter_id)
        there = charges_of(encounter.pk)
        wanted = [*_evaluation(encounter, visit_type), *done_in([encounter])[encounter.pk].services]
        open_ones = {charge.pk: charge for charge in there if charge.status == Charge.Status.OPEN}
        billed = [charge for charge in there if charge.status == Charge.Status.BILLED]
        before = len(open_ones)
        in_error = _take_off(this, open_ones, billed, wanted)
        fresh, more = _missing(encounter, there, wanted)
        if billed and not after_billing:
            if fresh or more:
                this.event("billing.done_after_billing", encounter=encounter.pk, patient=encounter.patient_id)
            fresh, more = [], []
        drafted = [*open_ones.values(), *fresh]
        propose(this, encounter, drafted, {(one.source, one.code): one.modifier for one in wanted if one.modifier})
        for charge, units in more:
            charge.cents, charge.units = charge.cents // charge.units * units, units
            this.save(charge, "units", "cents")
        this.save_new(fresh)
        for charge in in_error:
            this.event(
                "billing.charged_in_error", encounter=encounter.pk, patient=encounter.patient_id, charge=charge.pk
            )
        if fresh or more:
            this.event("billing.charges_drafted", encounter=encounter.pk, patient=encounter.patient_id)
        elif len(drafted) < before:
            this.event("billing.charges_changed", encounter=encounter.pk, patient=encounter.patient_id)
        return drafted


charges_of = Prepared(lambda encounter: Charge.objects.filter(encounter_id=encounter).order_by("created_at", "id"))
_seen_here = Prepared(
    lambda patient, since, until: Encounter.objects.filter(
        patient_id=patient, here=True, status=Encounter.Status.FINISHED, starts_at__gte=since, starts_at__lt=until
    ).values_list("pk", flat=True)[:1]
)
_decided = Prepared(lambda encounter: VisitCoding.objects.filter(encounter_id=encounter).values_list("code", flat=True))


def locked_encounter(encounter_id: UUID) -> Encounter:
    """The visit, locked, with patient, provider and site. Raises NotFound; Invalid without provider or site."""
    found = rows.locked(Encounter, encounter_id, "patient", "provider", "site")
    if found is None:
        raise NotFound("no-encounter", "There is no such visit in the record. Open it again from the board.")
    if found.provider is None or found.site is None:
        raise Invalid("no-provider", "The visit names no provider or site. Add them before it is charged.")
    return found


def _take_off(
    this: Change, open_ones: dict[UUID, Charge], billed: Sequence[Charge], wanted: Sequence[Service]
) -> list[Charge]:
    """Take off open charges whose reason is gone, like a dose entered in error. Gives the billed ones of this kind."""
    units = {(one.source, one.code): one.units for one in wanted}
    for charge in list(open_ones.values()):
        if _drafted(charge) and _key(charge) not in units:
            del open_ones[charge.pk]
            charge.status, charge.voided_by = Charge.Status.VOID, BY_SYSTEM
            charge.void_reason = "What it was for is entered in error, or charged otherwise now."
            this.save(charge, "status", "voided_by", "void_reason")
    return [charge for charge in billed if _drafted(charge) and charge.units > units.get(_key(charge), 0)]


def _drafted(charge: Charge) -> bool:
    """Whether a charge stands for something done, rather than for the visit itself or a person's word."""
    return charge.source not in (VISIT, PERSON)


def _key(charge: Charge) -> tuple[str, str]:
    return charge.source.removesuffix(LATE), charge.code


def _missing(
    encounter: Encounter, there: Sequence[Charge], wanted: Sequence[Service]
) -> tuple[list[Charge], list[tuple[Charge, int]]]:
    """What is not charged yet as new charges, and open charges with the units that they should have.

    A charge that a person voided, or set the units of, settles its source and code, even where more is done later.
    """
    known: dict[tuple[str, str], list[Charge]] = {}
    for charge in there:
        if charge.status != Charge.Status.VOID or charge.voided_by != BY_SYSTEM:
            known.setdefault(_key(charge), []).append(charge)
    evaluated = any(charge.source == VISIT and charge.status != Charge.Status.VOID for charge in there)
    fees, codes = fees_in_force(), diagnosis_codes(encounter.pk)[:MOST_POINTERS]
    fresh, more = [], []
    for service in wanted:
        charges = known.get((service.source, service.code), [])
        if service.source == VISIT and (evaluated or charges):
            continue  # one evaluation a visit, whatever the visit type says now
        if any(charge.status == Charge.Status.VOID or charge.by_hand for charge in charges):
            continue
        left = service.units - sum(charge.units for charge in charges)
        open_one = next((charge for charge in charges if charge.status == Charge.Status.OPEN), None)
        if not charges:
            fresh.append(new_charge(encounter, service, fees, codes))
        elif open_one is not None and left and open_one.units + left > 0:
            more.append((open_one, open_one.units + left))
        elif left > 0:
            late = replace(service, source=service.source + LATE, units=left)
            fresh.append(new_charge(encounter, late, fees, codes))
    return fresh, more


def _evaluation(encounter: Encounter, visit_type: str) -> list[Service]:
    """The evaluation and management code of a visit: as decided, else by visit type and by who is new here.

    New is who had no visit in this practice in three years (CMS Claims Processing Manual, chapter 12, 30.6.7).
    """
    code = _decided.first(encounter.pk) or evaluation_code(encounter, visit_type)
    return [Service(VISIT, code)] if code else []


def evaluation_code(encounter: Encounter, visit_type: str) -> str:
    """The evaluation that a visit type stands for, until its level is decided; empty where it has none.

    A preventive one is that of the patient's age on the day.
    """
    codes = by_age(_evaluation_codes(encounter, visit_type), encounter.patient.birth_date, service_date(encounter))
    if not codes:
        return ""
    if codes.get("new") == codes.get("established") or encounter.starts_at is None:
        return codes.get("established") or ""
    known = _seen_here(encounter.patient_id, encounter.starts_at - ESTABLISHED, encounter.starts_at)
    return codes.get("established" if known else "new") or ""


def _evaluation_codes(encounter: Encounter, visit_type: str) -> Mapping[str, str]:
    for document in all_in_force("visit-type"):
        if document.key == visit_type or (not visit_type and encounter.type_text in (document.title, document.key)):
            return document.body.get("em") or {}
    return {}


def new_charge(encounter: Encounter, service: Service, fees: Mapping[str, Any], codes: Sequence[str]) -> Charge:
    """A charge for a service, at the fee schedule's price, not yet saved."""
    fee = fees.get(service.code, {})
    assert encounter.provider_id is not None
    units = min(service.units, MOST_UNITS)
    return Charge(
        patient_id=encounter.patient_id,
        encounter_id=encounter.pk,
        provider_id=encounter.provider_id,
        source=service.source,
        code=service.code,
        display=(fee.get("display") or service.display or service.code)[:200],
        units=units,
        cents=0 if service.free else int(fee.get("cents", service.cents)) * units,
        pointers=list(codes),
        service_date=service_date(encounter),
        drug=dict(service.drug),
    )
