"""The level of a visit's evaluation, and what else a person says of a visit for its codes."""

from collections.abc import Sequence
from uuid import UUID

from liaison.billing.actions.drafting import draft_charges, locked_encounter
from liaison.billing.actions.proposing import propose
from liaison.billing.models import Charge, VisitCoding
from liaison.billing.queries.done import VISIT
from liaison.billing.queries.services import fees_in_force
from liaison.chart.actions import staff_id
from liaison.chart.models import Encounter
from liaison.engines.evaluation import Facts, evaluate, family_of
from liaison.kernel.errors import Conflict, Invalid
from liaison.record.actor import Actor
from liaison.record.change import Change, change


def decide_level(actor: Actor, encounter_id: UUID, code: str, facts: Facts, *, word: str = "") -> VisitCoding:
    """Choose the code of a visit's evaluation by its facts: who, when and why is kept, the open charge gets the code.

    Raises Invalid for a code without levels, or when it is another than the facts bear out and no `word` says why;
    Conflict once the evaluation is billed. Event billing.level_decided.
    """
    family = family_of(code)
    if family is None:
        raise Invalid("no-level", "Choose one of the codes that the visit's kind has.", "level")
    found = evaluate(family, facts)
    word = " ".join(word.split())[:300]
    if code != found.code and not word:
        raise Invalid("no-word", f"The facts bear out {found.code}. Say in a word why it is {code}.", "word")
    with change(actor, "billing.charge", reason=word) as this:
        encounter = locked_encounter(encounter_id)
        charges = _of_visit(encounter.pk)
        if any(charge.source == VISIT and charge.status == Charge.Status.BILLED for charge in charges):
            raise Conflict("billed-already", "The evaluation is billed. Correct the claim instead.", "level")
        row = _coding(encounter)
        row.facts, row.proposed, row.code, row.word = facts.as_json(), found.code, code, word
        row.decided_by_id, row.decided_at = staff_id(actor), this.at
        this.save(row)
        _recode(this, encounter, charges, code)
        this.event("billing.level_decided", encounter=encounter.pk, patient=encounter.patient_id)
        return row


def say_counselled(actor: Actor, encounter_id: UUID, *, counselled: bool) -> VisitCoding:
    """Say whether a physician or another qualified professional counselled about the vaccines of a visit.

    Their administration is charged anew by it. Raises Conflict once a vaccine is billed.
    """
    with change(actor, "billing.charge") as this:
        encounter = locked_encounter(encounter_id)
        row = _coding(encounter)
        if any(one.source == "vaccines" and one.status == Charge.Status.BILLED for one in _of_visit(encounter.pk)):
            raise Conflict("billed-already", "The vaccines are billed. Correct the claim instead.", "counselled")
        row.counselled = counselled
        this.save(row)
        draft_charges(actor, encounter.pk)
        return row


def _coding(encounter: Encounter) -> VisitCoding:
    found = VisitCoding.objects.select_for_update().filter(encounter_id=encounter.pk).first()
    return found or VisitCoding(patient_id=encounter.patient_id, encounter_id=encounter.pk)


def _of_visit(encounter_id: UUID) -> list[Charge]:
    rows = Charge.objects.filter(encounter_id=encounter_id).exclude(status=Charge.Status.VOID)
    return list(rows.order_by("created_at", "id"))


def _recode(this: Change, encounter: Encounter, charges: Sequence[Charge], code: str) -> None:
    """Give the drafted evaluation the code that was decided; a visit that is not drafted yet will get it then."""
    mine = next((charge for charge in charges if charge.source == VISIT), None)
    if mine is None or mine.code == code:
        return
    fee = fees_in_force().get(code, {})
    mine.code, mine.display, mine.cents = code, (fee.get("display") or code)[:200], int(fee.get("cents", 0))
    this.save(mine, "code", "display", "cents")
    this.event("billing.charges_changed", encounter=encounter.pk, patient=encounter.patient_id)
    propose(this, encounter, [charge for charge in charges if charge.status == Charge.Status.OPEN])
