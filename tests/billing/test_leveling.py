"""The level of a visit: worked out from its record, decided by a person, who says why it is another."""

import pytest

from liaison.billing.actions import draft_charges
from liaison.billing.actions.leveling import decide_level, say_counselled
from liaison.billing.models import Charge, VisitCoding
from liaison.billing.queries.done import VISIT
from liaison.billing.queries.leveling import leveling_of
from liaison.chart.models import Condition, Encounter, Medication
from liaison.engines.evaluation import Facts, Level, Problem, Risk
from liaison.kernel.errors import Forbidden, Invalid
from liaison.people.actors import of_staff
from liaison.people.staffing import add_staff
from liaison.record.change import change
from tests.billing.clinic import BEGAN, TEST, Practice

MODERATE = Facts({Problem.WORSE_CHRONIC: 1}, risks=frozenset({Risk.PRESCRIPTION}))


def coded(encounter: Encounter) -> tuple[str, int]:
    (charge,) = Charge.objects.filter(encounter=encounter, source=VISIT)
    return charge.code, charge.cents


def known(practice: Practice, **visit: object) -> Encounter:
    """A visit of somebody who has been here before."""
    patient = practice.patient()
    practice.visit(patient, at=BEGAN.replace(month=1))
    encounter = practice.visit(patient, **visit)  # type: ignore[arg-type]  # of Practice.visit
    draft_charges(TEST, encounter.pk, visit_type="follow-up")
    return encounter


def diagnoses(encounter: Encounter) -> list[Condition]:
    return list(Condition.objects.filter(encounter=encounter, category="encounter-diagnosis", error=False))


def test_the_record_proposes_a_level_with_its_reasons(practice: Practice) -> None:
    encounter = known(practice, diagnoses=("E11.65", "I10", "Z00.00"), orders=["a1c", "strep"])
    with change(TEST, "visits.room") as this:
        this.save(Medication(patient=encounter.patient, encounter=encounter, display="Metformin 1000 mg"))
        this.save(Medication(patient=encounter.patient, encounter=encounter, display="Aspirin", reported=True))
    found = leveling_of(encounter, "99213", diagnoses(encounter))
    assert found is not None
    assert found.proposed.facts.problems == {Problem.WORSE_CHRONIC: 1, Problem.STABLE_CHRONIC: 1}
    assert (found.proposed.facts.orders, found.proposed.facts.minutes) == (2, None)
    assert (found.proposed.evaluation.level, found.proposed.evaluation.code) == (Level.MODERATE, "99214")
    assert "Prescribed or changed: Metformin 1000 mg" in found.proposed.reasons
    assert any("not at its goal" in reason for reason in found.proposed.reasons)


def test_what_has_no_levels_is_not_asked_about(practice: Practice) -> None:
    encounter = known(practice)
    assert leveling_of(encounter, "99396", diagnoses(encounter)) is None
    assert leveling_of(encounter, "99211", diagnoses(encounter)) is None


def test_the_level_decided_is_charged_and_says_who_and_by_what(practice: Practice) -> None:
    encounter = known(practice)
    assert coded(encounter)[0] == "99213"
    biller = of_staff(add_staff(TEST, role="biller", family="Chen", given="Wei"))
    with pytest.raises(Invalid) as refused:
        decide_level(biller, encounter.pk, "99213", MODERATE)
    assert (refused.value.field, "bear out 99214" in refused.value.sentence) == ("word", True)
    decide_level(biller, encounter.pk, "99214", MODERATE)
    row = VisitCoding.objects.get(encounter=encounter)
    assert (row.code, row.proposed, row.word, str(row.decided_by_id)) == ("99214", "99214", "", biller.id)
    assert Facts.from_json(row.facts) == MODERATE
    assert coded(encounter)[0] == "99214"
    draft_charges(TEST, encounter.pk, visit_type="follow-up")
    assert coded(encounter)[0] == "99214"
    decide_level(biller, encounter.pk, "99213", MODERATE, word="The provider agrees: stable")
    assert coded(encounter) == ("99213", 14_200)
    assert VisitCoding.objects.get(encounter=encounter).word == "The provider agrees: stable"


def test_a_level_decided_before_checkout_is_what_is_drafted(practice: Practice) -> None:
    patient = practice.patient()
    practice.visit(patient, at=BEGAN.replace(month=1))
    encounter = practice.visit(patient)
    decide_level(of_staff(practice.doctor), encounter.pk, "99214", MODERATE)
    (charge,) = draft_charges(TEST, encounter.pk, visit_type="follow-up")
    assert charge.code == "99214"


def test_who_does_not_code_does_not_decide(practice: Practice) -> None:
    encounter = known(practice)
    assistant = of_staff(add_staff(TEST, role="medical-assistant", family="Whitfield", given="Dana"))
    with pytest.raises(Forbidden):
        decide_level(assistant, encounter.pk, "99214", MODERATE)
    with pytest.raises(Forbidden):
        say_counselled(assistant, encounter.pk, counselled=True)
    with pytest.raises(Invalid):
        decide_level(of_staff(practice.doctor), encounter.pk, "99396", MODERATE)
