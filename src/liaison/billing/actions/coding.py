"""What a visit was for, as a biller codes it where nobody else has."""

from collections.abc import Sequence
from uuid import UUID

from liaison.billing.actions.claims import MOST_POINTERS
from liaison.billing.models import Charge
from liaison.chart import actions as chart
from liaison.chart.models import Condition, Encounter
from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.record.actor import Actor
from liaison.record.change import change
from liaison.record.rows import locked


def code_diagnoses(actor: Actor, encounter_id: UUID, codes: Sequence[str]) -> list[Condition]:
    """Set a visit's diagnoses before its claim is made, the main one first; its open charges point to them.

    Raises Invalid without a code that a claim takes, Conflict once a charge is billed, NotFound.
    """
    with change(actor, "billing.charge") as this:
        if locked(Encounter, encounter_id) is None:
            raise NotFound("no-encounter", "There is no such visit. Look at the list of visits to code again.")
        charges = list(Charge.objects.filter(encounter_id=encounter_id).exclude(status=Charge.Status.VOID))
        if any(charge.status != Charge.Status.OPEN for charge in charges):
            raise Conflict("billed-already", "The charges are posted. Correct the claim instead.", "diagnoses")
        rows = chart.diagnose(actor, encounter_id, codes, capability="billing.charge")
        if not rows:
            raise Invalid("no-diagnosis", "Choose at least one diagnosis.", "diagnoses")
        known = [row.code for row in rows]
        for charge in charges:
            pointers = [code for code in charge.pointers if code in known] or known[:MOST_POINTERS]
            if pointers != charge.pointers:
                charge.pointers = pointers
                this.save(charge, "pointers")
        return rows
