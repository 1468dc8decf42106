"""The chart: what is noted, corrected and reviewed, and who may look."""

from typing import Any

import pytest

from liaison.chart import actions, queries
from liaison.chart.actions import Reading
from liaison.chart.models import Allergy, Condition, Encounter, Medication, Note, Observation, Review
from liaison.kernel import clock
from liaison.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from liaison.kernel.ids import new_id
from liaison.people import actions as people
from liaison.record.change import change
from liaison.record.models import AuditEntry, Revision
from tests.support.practice import Practice


def looks(patient_id: object) -> int:
    return AuditEntry.objects.filter(patient_id=patient_id, action="read", write=False).count()


def fill(practice: Practice, encounter: Encounter, start: int, end: int) -> None:
    for n in range(start, end):
        readings = [Reading("bp", value=f"12{n % 10}/7{n % 10}"), Reading("weight", 170 + n), Reading("height", 70)]
        actions.record_vitals(practice.ma, encounter.pk, readings)
        actions.add_allergy(practice.ma, encounter.patient_id, display=f"Allergen {n}", criticality="low")
        actions.add_medication(practice.ma, encounter.patient_id, display=f"Drug {n} 5 mg")
        actions.review(practice.ma, encounter.pk, "history")


def test_a_chart_costs_the_same_queries_however_long_it_is(
    practice: Practice, encounter: Encounter, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    fill(practice, encounter, 0, 1)
    with CaptureQueriesContext(connection) as short:
        queries.chart_for(practice.provider, encounter.patient_id)
    fill(practice, encounter, 1, 13)
    actions.diagnose(practice.provider, encounter.pk, ["I10", "E11.9"])
    before = looks(encounter.patient_id)
    with django_assert_num_queries(len(short)):
        chart = queries.chart_for(practice.provider, encounter.patient_id)
        assert [trend.latest.display for trend in chart.vitals]
        assert chart.encounters[0].provider is not None
        assert chart.encounters[0].provider.short == "Dr Osei"
    assert looks(encounter.patient_id) == before + 1, "one look, one entry"
    assert len(chart.medications) == len(chart.allergies) == 13
    assert {problem.code for problem in chart.problems} == {"I10", "E11.9"}


def test_a_measure_is_one_trend_however_other_systems_coded_it(practice: Practice, encounter: Encounter) -> None:
    actions.record_vitals(practice.ma, encounter.pk, [Reading("spo2", 97), Reading("temperature", "98.6")])
    facts = {"patient_id": encounter.patient_id, "category": "vital-signs", "effective_at": clock.now()}
    with change(practice.setup, "chart.vitals") as this:
        this.save(Observation(code="2708-6", display="Oxygen saturation", value=95, unit="%", **facts))
        this.save(Observation(code="8331-1", display="Oral temperature", value=37, unit="Cel", **facts))
        this.save(Observation(code="8331-1", display="Oral temperature", value=99, unit="[degF]", **facts))
    trends = {t.code: len(t.points) for t in queries.chart_for(practice.ma, encounter.patient_id).vitals}
    assert trends == {"59408-5": 2, "8310-5": 2, "8331-1": 1}, "another unit is not drawn on the same line"


def test_a_restricted_chart_opens_only_with_a_reason(practice: Practice, encounter: Encounter) -> None:
    people.restrict(practice.setup, encounter.patient_id, True, "Member of staff")
    with pytest.raises(Forbidden):
        queries.chart_for(practice.ma, encounter.patient_id)
    with pytest.raises(Forbidden):
        actions.record_vitals(practice.ma, encounter.pk, [Reading("pulse", 70)])
    people.break_glass(practice.ma, encounter.patient_id, "In the room with me")
    assert queries.chart_for(practice.ma, encounter.patient_id).patient.pk == encounter.patient_id


def test_who_may_not_read_charts_does_not(practice: Practice, encounter: Encounter) -> None:
    with pytest.raises(Forbidden):
        queries.chart_for(practice.desk, encounter.patient_id)
    with pytest.raises(NotFound):
        queries.chart_for(practice.ma, new_id())


def test_an_allergy_is_listed_once_and_corrected_by_a_mark(practice: Practice, encounter: Encounter) -> None:
    row = actions.add_allergy(practice.ma, encounter.patient_id, display="Penicillin", criticality="high")
    with pytest.raises(Conflict):
        actions.add_allergy(practice.ma, encounter.patient_id, display="penicillin")
    with pytest.raises(Conflict):
        actions.review(practice.ma, encounter.pk, "allergies", none_known=True)
    actions.enter_in_error(practice.ma, "allergy", row.pk, "Patient says it was his brother")
    assert Allergy.objects.get(pk=row.pk).error
    assert Revision.objects.filter(resource_id=row.pk).count() == 2, "it stays in the record"
    assert queries.chart_for(practice.ma, encounter.patient_id).allergies == []
    review = actions.review(practice.ma, encounter.pk, "allergies", none_known=True)
    assert Review.objects.get(pk=review.pk).none_known
    with pytest.raises(Conflict):
        actions.enter_in_error(practice.ma, "allergy", row.pk, "again")


def test_a_correction_needs_a_reason(practice: Practice, encounter: Encounter) -> None:
    row = actions.add_allergy(practice.ma, encounter.patient_id, display="Latex")
    with pytest.raises(Invalid):
        actions.enter_in_error(practice.ma, "allergy", row.pk, " ")


def test_a_medication_is_told_and_stopped(practice: Practice, encounter: Encounter) -> None:
    row = actions.add_medication(practice.ma, encounter.patient_id, display="Lisinopril 10 mg", dosage="once a day")
    assert row.reported
    actions.stop_medication(practice.ma, row.pk, "Cough")
    chart = queries.chart_for(practice.ma, encounter.patient_id)
    assert (chart.medications, [m.pk for m in chart.past_medications]) == ([], [row.pk])
    with pytest.raises(Conflict):
        actions.stop_medication(practice.ma, row.pk)
    assert Medication.objects.get(pk=row.pk).status == "stopped"


def test_an_assistant_does_not_prescribe_or_diagnose(practice: Practice, encounter: Encounter) -> None:
    with pytest.raises(Forbidden):
        actions.add_medication(practice.ma, encounter.patient_id, display="Lisinopril 10 mg", reported=False)
    with pytest.raises(Forbidden):
        actions.diagnose(practice.ma, encounter.pk, ["I10"])
    with pytest.raises(Forbidden):
        actions.write_note(practice.ma, encounter.pk, "progress", "Doing well.")


def test_diagnoses_are_billable_leaves_in_the_claims_order(practice: Practice, encounter: Encounter) -> None:
    first = actions.diagnose(practice.provider, encounter.pk, ["I10", "e11.9", "I10"])
    assert [(c.code, c.rank) for c in first] == [("I10", 1), ("E11.9", 2)]
    again = actions.diagnose(practice.provider, encounter.pk, ["E119", "J02.9"])
    assert [(c.code, c.rank) for c in queries.diagnoses_of(encounter.pk)] == [("E11.9", 1), ("J02.9", 2)]
    assert again[0].pk == first[1].pk, "what stays is the same diagnosis"
    assert Condition.objects.get(pk=first[0].pk).error, "what is taken back stays in the record, marked"


@pytest.mark.parametrize("code", ["E11", "I99.99", "hypertension", "'; drop"])
def test_a_code_that_no_claim_takes_is_refused(practice: Practice, encounter: Encounter, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        actions.diagnose(practice.provider, encounter.pk, ["I10", code])
    assert refused.value.field == "diagnoses"
    assert queries.diagnoses_of(encounter.pk) == []


def test_a_note_is_signed_by_a_person(practice: Practice, encounter: Encounter) -> None:
    note = actions.write_note(practice.provider, encounter.pk, "progress", " Doing well. ")
    assert (note.text, note.author_id) == ("Doing well.", practice.dr.pk)
    assert note.signed_at is not None
    with pytest.raises(Invalid):
        actions.write_note(practice.provider, encounter.pk, "progress", "  ")
    with pytest.raises(Forbidden):
        actions.write_note(practice.setup, encounter.pk, "progress", "A machine writes no notes.")
    assert Note.objects.count() == 1


def test_the_hand_off_shows_what_the_provider_must_know(practice: Practice, encounter: Encounter) -> None:
    actions.record_vitals(practice.ma, encounter.pk, [Reading("bp", value="168/102"), Reading("pulse", 72)])
    actions.add_allergy(practice.ma, encounter.patient_id, display="Dust", criticality="low")
    actions.add_allergy(practice.ma, encounter.patient_id, display="Penicillin", criticality="high")
    actions.write_note(practice.ma, encounter.pk, "history", "Headache since Friday.")
    handoff = queries.handoff_for(practice.provider, encounter.pk)
    assert [one.observation.code for one in handoff.abnormal] == ["85354-9"]
    assert [a.display for a in handoff.allergies] == ["Penicillin", "Dust"], "the dangerous one first"
    assert [n.text for n in handoff.notes] == ["Headache since Friday."]
