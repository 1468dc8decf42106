"""How doses and the engine's answers look in FHIR R4: written, read back, asked for."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from fhirclient.models.fhirelementfactory import FHIRElementFactory

from liaison.immunize import actions, computed
from liaison.immunize.fhir import immunization_from_fhir, immunization_to_fhir
from liaison.immunize.models import Immunization
from liaison.kernel.errors import Forbidden, Invalid
from liaison.people import actions as people
from liaison.people.models import Patient
from liaison.record.actor import machine
from liaison.record.change import change
from liaison.record.forms import plain_json, registry, told
from tests.support.practice import ZONE, Practice

AT = datetime(2026, 11, 20, 9, 30, tzinfo=ZONE)
FULL: dict[str, Any] = {
    "cvx": "03", "display": "MMR", "occurred_at": AT, "here": True, "source": "given", "lot_number": "M-7",
    "expires_on": date(2027, 6, 30), "mvx": "MSD", "ndc": "00006-4681-01", "dose_quantity": Decimal("0.500"),
    "dose_unit": "mL", "route": "SC", "body_site": "LA", "funding": "vfc", "eligibility": "V02",
    "vis": [{"title": "MMR", "edition": "2025-01-31", "on": "2026-11-20"}], "note": "Cried a little",
    "registry_id": "IIS-123", "recorded_at": AT,
}  # fmt: skip


def resolve(reference: dict[str, Any] | None, wanted: str) -> UUID | None:
    kind, _, key = (reference or {}).get("reference", "").partition("/")
    return UUID(key) if kind == wanted else None


@pytest.fixture
def child(practice: Practice) -> Patient:
    return practice.patient(given="Mia", birth_date=date(2024, 1, 10))


def dose(practice: Practice, patient: Patient, **facts: Any) -> Immunization:
    row = Immunization(patient_id=patient.pk, performer_id=practice.dr.pk, ordered_by_id=practice.dr.pk, **facts)
    with change(machine("test"), "immunize.write") as this:
        return this.save(row)


def resource(row: Immunization) -> dict[str, Any]:
    body = {"resourceType": "Immunization", "id": str(row.pk), **told(immunization_to_fhir(row))}
    found: dict[str, Any] = orjson.loads(orjson.dumps(body, default=plain_json, option=orjson.OPT_UTC_Z))
    return found


def test_a_dose_given_here_says_everything_in_the_fields_of_r4(practice: Practice, child: Patient) -> None:
    said = resource(dose(practice, child, **FULL))
    FHIRElementFactory.instantiate("Immunization", said)
    assert said["primarySource"] is True
    assert "reportOrigin" not in said
    assert said["manufacturer"]["identifier"] == {"system": "http://hl7.org/fhir/sid/mvx", "value": "MSD"}
    assert "Merck" in said["manufacturer"]["display"]
    assert [one["system"].rpartition("/")[2] for one in said["vaccineCode"]["coding"]] == ["cvx", "ndc"]
    assert said["doseQuantity"] == {"value": 0.5, "unit": "mL", "system": "http://unitsofmeasure.org", "code": "mL"}
    assert [one["code"] for one in said["route"]["coding"]] == ["SC", "SQ"]
    assert said["site"]["coding"][0]["code"] == "LA"
    assert said["expirationDate"] == "2027-06-30"
    assert [one["code"] for one in said["fundingSource"]["coding"]] == ["vfc", "public"]
    assert said["programEligibility"][0]["coding"][0]["code"] == "V02"
    assert [one["function"]["coding"][0]["code"] for one in said["performer"]] == ["AP", "OP"]
    assert said["education"] == [
        {"documentType": "MMR", "publicationDate": "2025-01-31", "presentationDate": "2026-11-20"}
    ]


def test_what_goes_out_comes_back_the_same(practice: Practice, child: Patient) -> None:
    row = dose(practice, child, **FULL)
    columns = immunization_from_fhir(resource(row), resolve)
    for name in (*FULL.keys() - {"here", "source"}, "patient_id", "performer_id", "ordered_by_id", "status"):
        assert columns[name] == getattr(row, name), name
    assert columns["source"] == "import"  # given there, not here


@pytest.mark.parametrize(
    ("source", "origin"),
    [("card", "record"), ("registry", "jurisdiction"), ("clinic", "provider"), ("patient", "recall"), ("import", "")],
)
def test_history_says_where_it_is_from(practice: Practice, child: Patient, source: str, origin: str) -> None:
    facts = {name: FULL[name] for name in ("cvx", "display", "occurred_at")}
    said = resource(dose(practice, child, source=source, **facts))
    assert said["primarySource"] is False
    assert (said.get("reportOrigin", {}).get("coding") or [{"code": ""}])[0]["code"] == origin
    assert immunization_from_fhir(said, resolve)["source"] == source


def test_a_dose_that_was_not_given_says_why(practice: Practice, child: Patient) -> None:
    facts = {name: FULL[name] for name in ("cvx", "display", "occurred_at")}
    row = dose(practice, child, status="not-done", reason_code="refused", **facts)
    said = resource(row)
    FHIRElementFactory.instantiate("Immunization", said)
    assert [one["code"] for one in said["statusReason"]["coding"]] == ["refused", "PATOBJ"]
    assert immunization_from_fhir(said, resolve)["reason_code"] == "refused"
    clause = registry.by_model[Immunization].params["status-reason"].clause
    assert clause is not None
    for value in ("PATOBJ", "refused"):
        assert Immunization.objects.filter(clause(value)).get() == row
    assert not Immunization.objects.filter(clause("IMMUNE")).exists()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"vaccineCode": {"text": "MMR"}}, "CVX"),
        ({"occurrenceDateTime": None}, "when"),
        ({"status": "perhaps"}, "status"),
        ({"patient": {"reference": "Patient/other"}}, "patient"),
    ],
)
def test_what_cannot_be_a_dose_is_refused(
    practice: Practice, child: Patient, changed: dict[str, Any], says: str
) -> None:
    said = resource(dose(practice, child, **FULL)) | changed

    def known(reference: dict[str, Any] | None, wanted: str) -> UUID | None:
        return None if (reference or {}).get("reference") == "Patient/other" else resolve(reference, wanted)

    with pytest.raises(Invalid, match=says):
        immunization_from_fhir(said, known)


def test_codes_of_others_that_mean_nothing_here_are_left_out_and_the_dose_is_kept(
    practice: Practice, child: Patient
) -> None:
    said = resource(dose(practice, child, **FULL)) | {
        "manufacturer": {"display": "Some company"},
        "route": {"coding": [{"system": "urn:x", "code": "BEAM"}]},
        "site": {"text": "arm"},
        "doseQuantity": {"value": -1},
        "programEligibility": [{"text": "?"}],
    }
    columns = immunization_from_fhir(said, resolve)
    assert {columns[name] for name in ("mvx", "route", "body_site", "eligibility", "dose_unit")} == {""}
    assert columns["dose_quantity"] is None
    assert columns["cvx"] == "03"


def test_evaluations_are_the_engines_word_on_each_dose_and_antigen(practice: Practice, child: Patient) -> None:
    early = actions.add_history(practice.ma, child.pk, cvx="MMR", on=date(2024, 9, 1))
    valid = actions.add_history(practice.ma, child.pk, cvx="MMR", on=date(2025, 1, 15))
    actions.add_history(practice.ma, practice.patient().pk, cvx="flu", on=date(2025, 1, 15))

    total, found = computed.search_evaluations(practice.provider, [("patient", f"Patient/{child.pk}")], 0, 50)
    assert total == len(found) == 6  # two doses, three antigens
    for one in found:
        FHIRElementFactory.instantiate("ImmunizationEvaluation", orjson.loads(orjson.dumps(one)))
        assert computed.read_evaluation(practice.provider, one["id"]) == one
    status = {(one["immunizationEvent"]["reference"], one["doseStatus"]["coding"][0]["code"]) for one in found}
    assert status == {(f"Immunization/{early.pk}", "notvalid"), (f"Immunization/{valid.pk}", "valid")}
    assert "table 6-15" in str(next(one for one in found if str(early.pk) in one["id"])["doseStatusReason"])

    everything, _ = computed.search_evaluations(practice.provider, [], 0, 0)
    assert everything == 7
    _, measles = computed.search_evaluations(practice.provider, [("target-disease", "Measles")], 0, 50)
    assert len(measles) == 2
    assert computed.search_evaluations(practice.provider, [("immunization-event", str(early.pk))], 0, 50)[0] == 3
    assert computed.read_evaluation(practice.provider, f"{uuid4()}.measles") is None
    assert computed.read_evaluation(practice.provider, f"{early.pk}.polio") is None
    assert computed.read_evaluation(practice.provider, "nothing") is None


def test_a_recommendation_says_what_is_due_and_from_when(practice: Practice, child: Patient) -> None:
    total, (said,) = computed.search_recommendations(practice.provider, [("patient", str(child.pk))], 0, 5)
    FHIRElementFactory.instantiate("ImmunizationRecommendation", orjson.loads(orjson.dumps(said)))
    assert total == 1
    assert said["id"] == str(child.pk)
    assert computed.read_recommendation(practice.provider, str(child.pk)) == said
    mmr = next(one for one in said["recommendation"] if one["targetDisease"]["text"] == "MMR")
    assert mmr["forecastStatus"]["coding"][0]["code"] == "overdue"
    assert mmr["doseNumberPositiveInt"] == 1
    dates = {one["code"]["coding"][0]["code"]: one["value"] for one in mmr["dateCriterion"]}
    assert dates["30981-5"] == "2025-01-10"
    assert computed.read_recommendation(practice.provider, str(uuid4())) is None


def test_a_restricted_chart_is_closed_to_evaluations_and_recommendations(practice: Practice, child: Patient) -> None:
    given = actions.add_history(practice.ma, child.pk, cvx="MMR", on=date(2025, 1, 15))
    people.restrict(practice.setup, child.pk, True, "Asked for it")
    with pytest.raises(Forbidden):
        computed.read_recommendation(practice.ma, str(child.pk))
    with pytest.raises(Forbidden):
        computed.read_evaluation(practice.ma, f"{given.pk}.measles")
    with pytest.raises(Forbidden):
        computed.search_evaluations(practice.ma, [("patient", str(child.pk))], 0, 5)
    assert computed.search_evaluations(practice.ma, [], 0, 5)[0] == 0
    assert str(child.pk) not in str(computed.search_recommendations(practice.ma, [], 0, 50))


def test_pages_of_evaluations_and_recommendations_meet(practice: Practice, child: Patient) -> None:
    for n in range(5):
        actions.add_history(practice.ma, child.pk, cvx="MMR", on=date(2024, 3, 1) + timedelta(days=40 * n))
    total, every = computed.search_evaluations(practice.provider, [], 0, 100)
    pages = [computed.search_evaluations(practice.provider, [], at, 4)[1] for at in range(0, total, 4)]
    assert [one["id"] for page in pages for one in page] == [one["id"] for one in every]
