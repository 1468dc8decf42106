"""What is charged for a visit by hand, looked at by a person, posted to the ledger."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from liaison.billing import ledger
from liaison.billing.actions.claims import MOST_POINTERS, diagnosis_codes, make_claim
from liaison.billing.actions.drafting import (
    MOST_UNITS,
    charges_of,
    draft_charges,
    locked_encounter,
    new_charge,
)
from liaison.billing.actions.proposing import propose
from liaison.billing.charging.modifiers import MOST
from liaison.billing.models import Account, Charge, Claim, Transfer
from liaison.billing.queries.done import BY_PERSON, PERSON, Service, service_date
from liaison.billing.queries.services import CODE, fees_in_force
from liaison.chart.models import Encounter
from liaison.kernel import ids
from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.people.models import Coverage
from liaison.people.queries import coverages_of
from liaison.record.actor import Actor
from liaison.record.change import Change, change
from liaison.record.columns import check

__all__ = ["add_charge", "change_charge", "confirm_charges", "draft_charges", "void_charge"]

MAY_PRICE = "billing.post"  # who may set another price than the list's

_MODIFIER = re.compile(r"[0-9A-Z]{2}")


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

    Raises Invalid for a code that is none or has no price, Forbidden for a price that is not the list's by who may not
    post payments, Conflict when it is charged already.
    """
    code = code.strip().upper()
    if not CODE.fullmatch(code):
        raise Invalid("bad-code", "Type a CPT or HCPCS code of five characters, like 99213 or J1100.", "code")
    if units < 1:
        raise Invalid("bad-units", "Charge at least one unit.", "units")
    with change(actor, "billing.charge") as this:
        encounter = locked_encounter(encounter_id)
        there = charges_of(encounter.pk)
        if any(one.code == code and one.source == PERSON and one.status != Charge.Status.VOID for one in there):
            raise Conflict("charged-already", f"{code} is charged for this visit. Change its units instead.", "code")
        codes = diagnosis_codes(encounter.pk)[:MOST_POINTERS]
        charge = new_charge(encounter, Service(PERSON, code), fees_in_force(), codes)
        listed = charge.cents * units
        if cents not in (None, listed) and listed:
            actor.require(MAY_PRICE)
        if cents is not None and cents <= 0:
            raise Invalid("no-price", "A charge is more than nothing.", "cents")
        charge.cents = listed if cents is None else cents
        if not charge.cents:
            raise Invalid("no-price", f"The fee schedule has no price for {code}. Type the amount.", "cents")
        charge.units, charge.modifiers = units, [modifier.upper() for modifier in modifiers]
        if len(charge.modifiers) > MOST or any(not _MODIFIER.fullmatch(one) for one in charge.modifiers):
            raise Invalid("bad-modifier", "A line has up to four modifiers of two characters.", "modifiers")
        charge.pointers = list(pointers) or charge.pointers
        check(charge)
        this.save(charge)
        propose(this, encounter, [*(one for one in there if one.status == Charge.Status.OPEN), charge])
        this.event("billing.charges_changed", encounter=encounter.pk, patient=encounter.patient_id)
        return charge


def change_charge(actor: Actor, charge_id: UUID, *, units: int, cents: int | None = None, reason: str = "") -> Charge:
    """Change how much of an open charge there is, and its price for all of it; without `cents` the list's price.

    What a person set the draft leaves alone. Raises Invalid for a price that is not the list's without a reason,
    Forbidden for one by who may not post payments, Conflict once the charge is billed.
    """
    if not 1 <= units <= MOST_UNITS:
        raise Invalid("bad-units", "Charge at least one unit.", "units")
    with change(actor, "billing.charge", reason=reason.strip()) as this:
        charge = _open_one(charge_id)
        listed, kept = prices(charge, fees_in_force(), units)
        price = (listed or kept) if cents is None else cents
        if price not in (listed, kept):
            actor.require(MAY_PRICE)
            if not reason.strip():
                raise Invalid("no-reason", "Say why the price is not the list’s.", "reason")
        if price <= 0 < charge.cents:
            raise Invalid("no-price", "Type the amount, or take the charge off.", "cents")
        if (units, price) != (charge.units, charge.cents):
            charge.units, charge.cents = units, price
            charge.by_hand = reason.strip()[:200] or "Units set by hand"
            check(charge)
            this.save(charge, "units", "cents", "by_hand")
            this.event("billing.charges_changed", encounter=charge.encounter_id, patient=charge.patient_id)
        return charge


def prices(charge: Charge, fees: Mapping[str, Any], units: int) -> tuple[int, int]:
    """The fee schedule's price for so many units, and that by the charge's own; what is charged at nothing stays so."""
    kept = charge.cents // charge.units * units
    fee = fees.get(charge.code, {}) if charge.cents else {}
    return int(fee.get("cents", 0)) * units or kept, kept


def void_charge(actor: Actor, charge_id: UUID, reason: str) -> Charge:
    """Take an open charge off a visit. Raises Invalid without a reason, Conflict once it is billed."""
    if not reason.strip():
        raise Invalid("no-reason", "Say why it is not charged.", "reason")
    with change(actor, "billing.charge", reason=reason.strip()) as this:
        charge = _open_one(charge_id)
        charge.status, charge.voided_by, charge.void_reason = Charge.Status.VOID, BY_PERSON, reason.strip()[:200]
        this.event("billing.charges_changed", encounter=charge.encounter_id, patient=charge.patient_id)
        return this.save(charge, "status", "voided_by", "void_reason")


def _open_one(charge_id: UUID) -> Charge:
    charge = Charge.objects.select_for_update().filter(pk=charge_id).first()
    if charge is None:
        raise NotFound("no-charge", "There is no such charge. Look at the visit's charges again.")
    if charge.status != Charge.Status.OPEN:
        raise Conflict("not-open", "This charge is billed or void already. Mend the claim instead.")
    return charge


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
        encounter = locked_encounter(encounter_id)
        every = [charge for charge in charges_of(encounter.pk) if charge.status != Charge.Status.VOID]
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
            if claim.stops:
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
