"""That something done is not charged, and why: it leaves the report of what was forgotten."""

from uuid import UUID

from liaison.billing.actions.drafting import locked_encounter, new_charge
from liaison.billing.models import Charge
from liaison.billing.queries.done import BY_PERSON, Service
from liaison.billing.queries.uncharged import left_out_of
from liaison.kernel.errors import Invalid, NotFound
from liaison.record.actor import Actor
from liaison.record.change import change


def leave_out(actor: Actor, encounter_id: UUID, *, source: str, code: str, reason: str) -> Charge:
    """Say that something done is not charged. Kept as a void charge with the reason.

    Raises Invalid without a reason, NotFound when nothing of the kind is left out any more.
    """
    reason = " ".join(reason.split())
    if not reason:
        raise Invalid("no-reason", "Say why it is not charged.", "reason")
    with change(actor, "billing.charge", reason=reason) as this:
        encounter = locked_encounter(encounter_id)
        missing = left_out_of([encounter]).get(encounter.pk, [])
        found = next((one for one in missing if (one.source, one.code) == (source, code)), None)
        if found is None:
            raise NotFound("not-left-out", "This is charged or settled already. Look at the visit again.")
        charge = new_charge(encounter, Service(source, code, found.display, units=found.units), {}, ())
        charge.status, charge.voided_by, charge.void_reason = Charge.Status.VOID, BY_PERSON, reason[:200]
        return this.save(charge)
