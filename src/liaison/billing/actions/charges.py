"""What is charged for a visit: drafted when the patient leaves, looked at by a person, posted to the ledger."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from django.utils import timezone

from liaison.billing import ledger
from liaison.billing.actions.claims import MOST_POINTERS, diagnosis_codes, make_claim
from liaison.billing.models import Account, Charge, Claim, Transfer
from liaison.chart.models import Encounter
from liaison.documents.queries import all_in_force, in_force
from liaison.kernel import ids
from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.orders.models import Order
from liaison.orders.queries import catalog
from liaison.people.models import Coverage
from liaison.people.queries import coverages_of
from liaison.record import rows
from liaison.record.actor import Actor
from liaison.record.change import Change, change
from liaison.record.columns import check
from liaison.record.prepared import Prepared

VISIT = "visit"
_CODE = re.compile(r"[0-9]{4}[0-9A-Z]|[A-Z][0-9]{4}")  # CPT, or HCPCS Level II
ESTABLISHED = relativedelta(years=3)


@dataclass(frozen=True, slots=True)
class _Service:
    """Something to be charged: `source` says for what (the visit, or an order)."""

    source: str
    code: str
    display: str = ""
    cents: int = 0


def draft_charges(actor: Actor, encounter_id: UUID, *, visit_type: str = "") -> list[Charge]:
    """Draft what a visit is charged: its evaluation by visit type and every order done. Gives all open charges.

    `visit_type` is the key of the visit type's document; without it the encounter's own words name it. What was drafted
    before, or voided by a person, is left alone. Event billing.charges_drafted when something is new.
    """
    with change(actor, "billing.charge") as this:
        encounter = _locked(encounter_id)
        there = _charges(encounter.pk)
        known = {(charge.source, charge.code) for charge in there}
        fees = _fees()
        codes = diagnosis_codes(encounter.pk)[:MOST_POINTERS]
        fresh = [
            _charge(encounter, service, fees, codes)
            for service in _services(encounter, visit_type)
            if (service.source, service.code) not in known
        ]
        this.save_new(fresh)
        if fresh:
            this.event("billing.charges_drafted", encounter=encounter.pk, patient=encounter.patient_id)
        return [charge for charge in there if charge.status == Charge.Status.OPEN] + fresh


_charges = Prepared(lambda encounter: Charge.objects.filter(encounter_id=encounter).order_by("created_at", "id"))
_done_orders = Prepared(
    lambda encounter: Order.objects.filter(encounter_id=encounter, status=Order.Status.COMPLETED).order_by(
        "ordered_at", "id"
    )
)
_seen_here = Prepared(
    lambda patient, since, until: Encounter.objects.filter(
        patient_id=patient, here=True, status=Encounter.Status.FINISHED, starts_at__gte=since, starts_at__lt=until
    ).values_list("pk", flat=True)[:1]
)


def _locked(encounter_id: UUID) -> Encounter:
    found = rows.locked(Encounter, encounter_id, "patient", "provider", "site")
    if found is None:
        raise NotFound("no-encounter", "There is no such visit in the record. Open it again from the board.")
    if found.provider is None or found.site is None:
        raise Invalid("no-provider", "The visit names no provider or site. Add them before it is charged.")
    return found


def _services(encounter: Encounter, visit_type: str) -> Iterator[_Service]:
    if code := _evaluation(encounter, visit_type):
        yield _Service(VISIT, code)
    done = _done_orders(encounter.pk)
    if not done:
        return
    charges = {offered.key: offered.charge for offered in catalog()}
    for order in done:
        charge = charges.get(order.key)
        if charge and charge.get("code"):
            source = f"order:{order.pk}"
            yield _Service(source, charge["code"], charge.get("display", order.display), int(charge.get("cents") or 0))


def _evaluation(encounter: Encounter, visit_type: str) -> str:
    """The evaluation and management code of a visit: another for who is new here than for who is known.

    New is who had no visit in this practice in three years (CMS Claims Processing Manual, chapter 12, 30.6.7).
    """
    codes = _evaluation_codes(encounter, visit_type)
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


def _fees() -> Mapping[str, Any]:
    try:
        return dict(in_force("fee-schedule", "default").body.get("fees", {}))
    except NotFound:
        return {}


def _charge(encounter: Encounter, service: _Service, fees: Mapping[str, Any], codes: Sequence[str]) -> Charge:
    fee = fees.get(service.code, {})
    assert encounter.provider_id is not None
    return Charge(
        patient_id=encounter.patient_id,
        encounter_id=encounter.pk,
        provider_id=encounter.provider_id,
        source=service.source,
        code=service.code,
        display=(fee.get("display") or service.display or service.code)[:200],
        cents=int(fee.get("cents", service.cents)),
        pointers=list(codes),
        service_date=service_date(encounter),
    )


def service_date(encounter: Encounter) -> date:
    """The day of a visit where it took place."""
    at = encounter.starts_at or encounter.created_at
    return at.astimezone(ZoneInfo(encounter.site.zone) if encounter.site else timezone.get_default_timezone()).date()


def add_charge(
    actor: Actor,
    encounter_id: UUID,
    *,
    code: str,
    cents: int | None = None,
    units: int = 1,
    modifiers: Sequence[str] = (),
    pointers: Sequence[str] = (),
) -> Charge:
    """Charge something by hand. `cents` is for all units, from the fee schedule when left out.

    Raises Invalid for a code that is none or has no price, Conflict when it is charged already.
    """
    code = code.strip().upper()
    if not _CODE.fullmatch(code):
        raise Invalid("bad-code", "Type a CPT or HCPCS code of five characters, like 99213 or J1100.", "code")
    if units < 1:
        raise Invalid("bad-units", "Charge at least one unit.", "units")
    with change(actor, "billing.charge") as this:
        encounter = _locked(encounter_id)
        if Charge.objects.filter(encounter_id=encounter.pk, code=code, source="person").exclude(status="void").exists():
            raise Conflict("charged-already", f"{code} is charged for this visit. Change its units instead.", "code")
        charge = _charge(encounter, _Service("person", code), _fees(), diagnosis_codes(encounter.pk)[:MOST_POINTERS])
        charge.cents = cents if cents is not None else charge.cents * units
        if charge.cents <= 0:
            raise Invalid("no-price", f"The fee schedule has no price for {code}. Type the amount.", "cents")
        charge.units, charge.modifiers = units, [modifier.upper() for modifier in modifiers]
        charge.pointers = list(pointers) or charge.pointers
        check(charge)
        return this.save(charge)


def void_charge(actor: Actor, charge_id: UUID, reason: str) -> Charge:
    """Take an open charge off a visit. Raises Invalid without a reason, Conflict once it is billed."""
    if not reason.strip():
        raise Invalid("no-reason", "Say why it is not charged.", "reason")
    with change(actor, "billing.charge", reason=reason.strip()) as this:
        charge = Charge.objects.select_for_update().filter(pk=charge_id).first()
        if charge is None:
            raise NotFound("no-charge", "There is no such charge. Look at the visit's charges again.")
        if charge.status != Charge.Status.OPEN:
            raise Conflict("not-open", "This charge is billed or void already. Mend the claim instead.")
        charge.status = Charge.Status.VOID
        return this.save(charge, "status")


def confirm_charges(
    actor: Actor,
    encounter_id: UUID,
    *,
    coverage_id: UUID | None = None,
    self_pay: bool = False,
    nothing_to_bill: bool = False,
) -> Claim | None:
    """Post a visit's open charges to the ledger and make the claim to the payer; None where the patient pays.

    The payer is that of `coverage_id`, else of the first coverage in force on the day, unless `self_pay`. Done before,
    it gives the claim of then. Raises Invalid without a diagnosis; Conflict without charges, unless `nothing_to_bill`.
    Events billing.charges_posted, then billing.claim_made (and billing.claim_to_fix when something must be mended
    first), or billing.encounter_settled where no payer is asked.
    """
    with change(actor, "billing.charge") as this:
        encounter = _locked(encounter_id)
        every = [charge for charge in _charges(encounter.pk) if charge.status != Charge.Status.VOID]
        charges = [charge for charge in every if charge.status == Charge.Status.OPEN]
        if every and not charges:
            return Claim.objects.filter(encounter_id=encounter.pk).order_by("-created_at").first()
        if not every and not nothing_to_bill:
            raise Conflict(
                "no-charges", "Nothing is charged for this visit. Add a charge, or say that there is nothing to bill."
            )
        codes = diagnosis_codes(encounter.pk)
        if charges and not codes:
            raise Invalid(
                "no-diagnosis",
                "The visit has no diagnosis. Choose one below, or ask the provider, before it is billed.",
                "diagnoses",
            )
        coverage = None if self_pay or not charges else _coverage(encounter, coverage_id)
        claim = make_claim(this, encounter, coverage, charges, codes) if coverage else None
        _post(this, encounter, charges, claim)
        this.event("billing.charges_posted", encounter=encounter.pk, patient=encounter.patient_id)
        if claim is None:
            this.event("billing.encounter_settled", encounter=encounter.pk)
        else:
            this.event("billing.claim_made", claim=claim.pk, encounter=encounter.pk)
            if claim.findings:
                this.event("billing.claim_to_fix", claim=claim.pk, encounter=encounter.pk)
        return claim


def _coverage(encounter: Encounter, coverage_id: UUID | None) -> Coverage | None:
    if coverage_id is None:
        return next(iter(coverages_of(encounter.patient_id, service_date(encounter))), None)
    found = Coverage.objects.select_related("payer").filter(pk=coverage_id, patient_id=encounter.patient_id).first()
    if found is None:
        raise NotFound("no-coverage", "The patient has no such coverage. Choose one from the list.", "coverage")
    return found


def _post(this: Change, encounter: Encounter, charges: Sequence[Charge], claim: Claim | None) -> None:
    receivable = Account.PAYER_RECEIVABLE if claim else Account.PATIENT_RECEIVABLE
    transaction = ids.new_id()
    transfers = []
    for charge in charges:
        charge.status, charge.claim = Charge.Status.BILLED, claim
        this.save(charge, "status", "claim", "pointers")
        if charge.cents:
            transfers.append(
                ledger.entry(
                    Transfer.Kind.CHARGE,
                    receivable,
                    Account.SERVICES,
                    charge.cents,
                    transaction=transaction,
                    at=this.at,
                    patient_id=encounter.patient_id,
                    encounter_id=encounter.pk,
                    claim=claim,
                    charge=charge,
                )
            )
    this.save_new(transfers)
