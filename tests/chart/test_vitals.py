"""Vital signs from the form into the chart: one unit, impossible refused, abnormal marked and told."""

from decimal import Decimal
from typing import Any

import pytest

from liaison.chart import actions, queries
from liaison.chart.actions import Reading
from liaison.chart.models import Encounter, Observation
from liaison.kernel.errors import Conflict, Forbidden, Invalid
from liaison.record.models import OutboxEvent, Revision
from tests.support.practice import Practice


def told() -> list[dict[str, Any]]:
    return [event.payload for event in OutboxEvent.objects.filter(name="chart.abnormal_vitals")]


def test_what_the_clinic_types_is_stored_in_one_unit(practice: Practice, encounter: Encounter) -> None:
    taken = actions.record_vitals(
        practice.ma,
        encounter.pk,
        [
            Reading("temperature", "98.6", route="oral"),
            Reading("weight", 172),
            Reading("height", "5'10\""),
            Reading("pulse", 72, unit="/min"),
            Reading("spo2", "98 %"),
        ],
    )
    values = {one.observation.code: (one.observation.value, one.observation.unit) for one in taken}
    assert values["8310-5"] == (Decimal("37"), "Cel")
    assert values["29463-7"] == (Decimal("78.018"), "kg")
    assert values["8302-2"] == (Decimal("177.8"), "cm")
    assert values["59408-5"] == (Decimal("98"), "%")
    assert values["39156-5"] == (Decimal("24.7"), "kg/m2"), "the body mass index follows from weight and height"
    in_order = ["8867-4", "8310-5", "59408-5", "29463-7", "8302-2", "39156-5"]
    assert [o.code for o in queries.vitals_of(encounter.pk)] == in_order


def test_a_weight_later_in_the_visit_takes_the_height_of_before(practice: Practice, encounter: Encounter) -> None:
    actions.record_vitals(practice.ma, encounter.pk, [Reading("height", 178, unit="cm")])
    taken = actions.record_vitals(practice.ma, encounter.pk, [Reading("weight", 80, unit="kg")])
    assert [one.observation.code for one in taken] == ["29463-7", "39156-5"]


@pytest.mark.parametrize(
    "reading",
    [
        Reading("temperature", "986"),
        Reading("bp", systolic=80, diastolic=120),
        Reading("bp", value="120"),
        Reading("pulse", "fast"),
        Reading("spo2", 120),
        Reading("weight", ""),
        Reading("height", None),
        Reading("bp", systolic=120, diastolic=80, site="left-ear"),
        Reading("mood", 7),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field_and_nothing_is_kept(
    practice: Practice, encounter: Encounter, reading: Reading
) -> None:
    with pytest.raises(Invalid) as refused:
        actions.record_vitals(practice.ma, encounter.pk, [Reading("pulse", 72), reading])
    assert refused.value.field == reading.kind
    assert not Observation.objects.exists()


def test_a_pressure_from_160_over_100_is_told_and_its_repeat_is_a_row_of_its_own(
    practice: Practice, encounter: Encounter
) -> None:
    (first,) = actions.record_vitals(
        practice.ma, encounter.pk, [Reading("bp", systolic=168, diastolic=98, site="left-arm", position="sitting")]
    )
    assert first.observation.interpretation == "H"
    assert first.tell_provider
    assert "repeat" in first.assessment.sentence
    (again,) = actions.record_vitals(practice.ma, encounter.pk, [Reading("bp", value="128/78")])
    assert not again.tell_provider
    assert len(queries.vitals_of(encounter.pk)) == 2
    assert told() == [
        {
            "encounter": str(encounter.pk),
            "patient": str(encounter.patient_id),
            "observation": str(first.observation.pk),
            "code": "85354-9",
        }
    ]


def test_high_is_marked_but_critical_alone_is_told(practice: Practice, encounter: Encounter) -> None:
    high, critical = actions.record_vitals(
        practice.ma, encounter.pk, [Reading("bp", value="138/84"), Reading("spo2", 82)]
    )
    assert (high.observation.interpretation, high.tell_provider) == ("H", False)
    assert (critical.observation.interpretation, critical.tell_provider) == ("LL", True)
    assert [event["code"] for event in told()] == ["59408-5"]


def test_who_may_not_measure_cannot(practice: Practice, encounter: Encounter) -> None:
    with pytest.raises(Forbidden):
        actions.record_vitals(practice.desk, encounter.pk, [Reading("pulse", 72)])


def test_nothing_is_measured_in_a_visit_that_is_over(practice: Practice, encounter: Encounter) -> None:
    from liaison.record.change import change

    with change(practice.setup, "visits.check_out") as this:
        actions.finish_encounter(this, Encounter.objects.get(pk=encounter.pk), this.at)
    with pytest.raises(Conflict):
        actions.record_vitals(practice.ma, encounter.pk, [Reading("pulse", 72)])


def test_a_measurement_costs_few_queries(
    practice: Practice, encounter: Encounter, django_assert_max_num_queries: Any
) -> None:
    readings = [Reading("bp", value="122/76"), Reading("pulse", 72), Reading("temperature", 98.4)]
    with django_assert_max_num_queries(8):
        actions.record_vitals(practice.ma, encounter.pk, readings)
    assert Revision.objects.filter(resource_type="Observation").count() == 3
