"""How the chart looks in FHIR: what is recorded here reads as FHIR R4, answers searches, and comes back the same."""

from typing import Any
from uuid import UUID

import orjson
import pytest
from fhirclient.models.fhirelementfactory import FHIRElementFactory

from liaison.chart import actions
from liaison.chart.actions import Reading
from liaison.chart.fhir import (
    allergy_from_fhir,
    condition_from_fhir,
    encounter_from_fhir,
    medication_from_fhir,
    observation_from_fhir,
)
from liaison.chart.models import Allergy, Condition, Encounter, Medication, Observation
from liaison.orders import actions as orders
from liaison.record.forms import registry
from liaison.record.models import Recorded, Revision
from tests.support.practice import Practice


def newest(row: Recorded) -> dict[str, Any]:
    body = Revision.objects.get(resource_type=row.FHIR_TYPE, resource_id=row.pk, version=row.version).body
    found: dict[str, Any] = orjson.loads(bytes(body))
    return found


def found_by(model: type[Recorded], name: str, value: str) -> set[UUID]:
    param = registry.by_model[model].params[name]
    assert param.clause is not None
    return set(model._base_manager.filter(param.clause(value)).values_list("pk", flat=True))


def resolve(reference: dict[str, Any] | None, wanted: str) -> UUID | None:
    kind, _, key = (reference or {}).get("reference", "").partition("/")
    return UUID(key) if kind == wanted else None


@pytest.fixture
def charted(practice: Practice, encounter: Encounter) -> dict[str, Recorded]:
    ma, patient_id = practice.ma, encounter.patient_id
    pressure, heat, oxygen = actions.record_vitals(
        ma,
        encounter.pk,
        [
            Reading("bp", value="158/92", site="left-arm", position="sitting"),
            Reading("temperature", 98.6, route="oral"),
            Reading("spo2", 97),
        ],
    )
    (diagnosis,) = actions.diagnose(practice.provider, encounter.pk, ["I10"])
    return {
        "bp": pressure.observation,
        "temperature": heat.observation,
        "spo2": oxygen.observation,
        "condition": diagnosis,
        "allergy": actions.add_allergy(ma, patient_id, display="Penicillin", criticality="high", reaction="hives"),
        "medication": actions.add_medication(ma, patient_id, display="Lisinopril 10 mg", dosage="once a day"),
        "order": orders.place(practice.provider, encounter.pk, "a1c"),
        "encounter": Encounter.objects.get(pk=encounter.pk),
    }


def test_everything_is_fhir_r4(charted: dict[str, Recorded]) -> None:
    for row in charted.values():
        FHIRElementFactory.instantiate(row.FHIR_TYPE, newest(row))


def test_a_blood_pressure_has_the_shape_of_us_core(charted: dict[str, Recorded]) -> None:
    said = newest(charted["bp"])
    assert said["category"][0]["coding"][0]["code"] == "vital-signs"
    assert said["code"]["coding"][0]["code"] == "85354-9"
    parts = {c["code"]["coding"][0]["code"]: c["valueQuantity"] for c in said["component"]}
    assert parts["8480-6"] == {"value": 158, "unit": "mmHg", "system": "http://unitsofmeasure.org", "code": "mm[Hg]"}
    assert said["bodySite"]["coding"][0]["code"] == "368208006"
    assert said["interpretation"][0]["coding"][0]["code"] == "H"
    assert {c["code"] for c in newest(charted["spo2"])["code"]["coding"]} == {"59408-5", "2708-6"}


def test_what_goes_out_comes_back_the_same(charted: dict[str, Recorded]) -> None:
    ways: list[tuple[str, type[Recorded], Any]] = [
        ("bp", Observation, observation_from_fhir),
        ("temperature", Observation, observation_from_fhir),
        ("condition", Condition, condition_from_fhir),
        ("allergy", Allergy, allergy_from_fhir),
        ("medication", Medication, medication_from_fhir),
        ("encounter", Encounter, encounter_from_fhir),
    ]
    for name, model, read in ways:
        row = model._base_manager.get(pk=charted[name].pk)
        columns = read(newest(charted[name]), resolve)
        assert {k: v for k, v in columns.items() if getattr(row, k) != v} == {}, name


def test_searches_by_code_and_status(charted: dict[str, Recorded], practice: Practice) -> None:
    assert found_by(Observation, "code", "http://loinc.org|85354-9") == {charted["bp"].pk}
    assert found_by(Observation, "code", "2708-6") == {charted["spo2"].pk}
    assert found_by(Observation, "component-code", "8480-6") == {charted["bp"].pk}
    assert found_by(Condition, "clinical-status", "active") == {charted["condition"].pk}
    assert found_by(Condition, "category", "encounter-diagnosis") == {charted["condition"].pk}
    assert found_by(Condition, "code", "http://snomed.info/sct|I10") == set()
    assert found_by(Encounter, "class", "http://terminology.hl7.org/CodeSystem/v3-ActCode|AMB")
    row = actions.enter_in_error(practice.ma, "allergy", charted["allergy"].pk, "Not his")
    said = newest(row)
    assert "clinicalStatus" not in said
    assert said["verificationStatus"]["coding"][0]["code"] == "entered-in-error"
    assert found_by(Allergy, "verification-status", "entered-in-error") == {row.pk}
    assert found_by(Allergy, "clinical-status", "active") == set()
