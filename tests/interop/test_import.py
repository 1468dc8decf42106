"""The import: everything is stored, already here or kept; twice changes nothing; one broken file stops only itself."""

from pathlib import Path
from typing import Any

import pytest

from liaison.chart.models import Encounter, Medication, Observation
from liaison.interop.importing import Report, import_bundles, import_paths
from liaison.kernel.errors import Forbidden, NotFound
from liaison.people.actors import capabilities_of
from liaison.people.models import Coverage, Patient, Staff
from liaison.people.queries import search
from liaison.places.models import Organization, Site
from liaison.record.actor import Actor, machine
from liaison.record.models import AuditEntry, Intake, Revision
from liaison.record.promises import broken
from tests.interop.import_support import bundle, concept, encounter, footprint, patient, weight, write

pytestmark = pytest.mark.django_db
ME = machine("test")


def counts(report: Report) -> tuple[int, int, int]:
    return report.stored, report.already, report.kept


def test_a_bundle_becomes_a_findable_patient_with_a_history() -> None:
    met = encounter()
    seen = weight(encounter={"reference": "Encounter/e1"})
    assert counts(import_bundles(ME, [bundle(patient(), met, seen)])) == (3, 0, 0)
    person = Patient.objects.get()
    assert (person.family, person.mrn, person.sex) == ("Okafor", "000001", "female")
    assert [p.pk for p in search(ME, "okafor ada")] == [person.pk]
    row = Observation.objects.get()
    assert (row.value, row.unit, row.encounter_id) == (70.5, "kg", Encounter.objects.get().pk)
    assert not Encounter.objects.get().here
    assert Revision.objects.count() == 3
    assert AuditEntry.objects.filter(action="interop.import", patient_id=person.pk).count() == 1
    assert broken() == {}


def test_importing_twice_changes_nothing_from_whichever_folder(tmp_path: Path) -> None:
    content = bundle(patient(), encounter(), weight(), {"resourceType": "Goal", "id": "g"})
    first = write(tmp_path / "a.json", content)
    (tmp_path / "elsewhere").mkdir()
    again = write(tmp_path / "elsewhere" / "b.json.gz", content)
    assert counts(import_paths(ME, [first])) == (3, 0, 1)
    before = footprint()
    assert counts(import_paths(ME, [again])) == (0, 3, 1)
    assert footprint() == before


def test_what_changed_at_its_source_gets_a_new_version() -> None:
    import_bundles(ME, [bundle(patient(), weight(value=70))])
    assert counts(import_bundles(ME, [bundle(patient(), weight(value=71))])) == (1, 1, 0)
    row = Observation.objects.get()
    assert (row.value, row.version) == (71, 2)
    assert Revision.objects.filter(resource_id=row.pk).count() == 2


def test_what_was_changed_here_is_not_undone_by_the_same_input_again() -> None:
    from liaison.people import actions as people

    import_bundles(ME, [bundle(patient())])
    people.update(ME, Patient.objects.get().pk, family="Okafor-Brandt")
    assert counts(import_bundles(ME, [bundle(patient())])) == (0, 1, 0)
    assert Patient.objects.get().family == "Okafor-Brandt"


def test_what_was_changed_on_both_sides_waits_for_a_person() -> None:
    from liaison.people import actions as people

    import_bundles(ME, [bundle(patient())])
    people.update(ME, Patient.objects.get().pk, family="Okafor-Brandt")
    moved = patient(name=[{"family": "Okafor-Meier", "given": ["Ada"]}])
    assert counts(import_bundles(ME, [bundle(moved)])) == (0, 0, 1)
    assert Patient.objects.get().family == "Okafor-Brandt"
    assert "Compare the two" in Intake.objects.get().reason


def test_a_source_that_contradicts_itself_does_not_flap() -> None:
    twice = [bundle(patient(), weight(value=70)), bundle(weight(value=71))]
    assert counts(import_bundles(ME, twice)) == (2, 0, 1)
    before = footprint()
    assert counts(import_bundles(ME, twice)) == (0, 2, 1)
    assert footprint() == before


def test_a_broken_file_stops_only_itself(tmp_path: Path) -> None:
    write(tmp_path / "good.json", bundle(patient(), weight()))
    whole = write(tmp_path / "cut.json.gz", bundle(patient("p2"))).read_bytes()
    (tmp_path / "cut.json.gz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text.json").write_text("Dear colleague,")
    (tmp_path / "latin.json").write_bytes('{"resourceType": "Patient", "id": "Müller"}'.encode("latin-1"))
    (tmp_path / "list.json").write_text("[1, 2]")
    (tmp_path / "empty.json").write_text("")
    report = import_paths(ME, [tmp_path])
    assert counts(report) == (2, 0, 5)
    kept = dict(Intake.objects.values_list("source", "reason"))
    assert "gzip" in kept["cut.json.gz"]
    assert kept["text.json"] == "It is not JSON."
    assert kept["latin.json"] == "It is not UTF-8 text."
    assert bytes(Intake.objects.get(source="cut.json.gz").body) == whole[: len(whole) // 2], "as it came"


def test_a_broken_line_of_ndjson_stops_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "people.ndjson"
    path.write_bytes(
        b'{"resourceType":"Patient","id":"a","name":[{"family":"X"}],"birthDate":"1990-01-01"}\n{"resourceTy\n\n'
    )
    assert counts(import_paths(ME, [path])) == (1, 0, 1)


def test_ndjson_comes_in_any_order(tmp_path: Path) -> None:
    write(tmp_path / "1-weights.ndjson", weight("w1", encounter={"reference": "Encounter/e1"}), weight("w2"))
    write(tmp_path / "2-encounters.ndjson.gz", encounter(), encounter("e2"))
    write(tmp_path / "3-patients.ndjson", patient(), patient("p2"))
    assert counts(import_paths(ME, [tmp_path])) == (6, 0, 0)
    assert Observation.objects.exclude(encounter=None).count() == 1


def test_dangling_references() -> None:
    report = import_bundles(
        ME, [bundle(patient(), weight("lost", of="nobody"), weight(encounter={"reference": "Encounter/none"}))]
    )
    assert counts(report) == (2, 0, 1)
    assert Observation.objects.get().encounter_id is None
    assert Intake.objects.get().reference == "Observation/lost"
    assert "patient" in Intake.objects.get().reason


def test_references_by_url_by_question_and_by_identifier() -> None:
    npi = "http://hl7.org/fhir/sid/us-npi"
    doctor = {
        "resourceType": "Practitioner",
        "id": "dr",
        "identifier": [{"system": npi, "value": "1245319599"}],
        "name": [{"family": "Osei", "given": ["Abena"]}],
    }
    asked = {"individual": {"reference": f"Practitioner?identifier={npi}|1245319599"}}
    met = encounter(participant=[asked])
    met["subject"] = {"reference": "urn:uuid:11111111-1111-4111-8111-111111111111"}
    entries = [
        {"fullUrl": "urn:uuid:11111111-1111-4111-8111-111111111111", "resource": patient("355")},
        {"fullUrl": "urn:uuid:22222222-2222-4222-8222-222222222222", "resource": met},
    ]
    assert counts(import_bundles(ME, [{**bundle(), "entry": entries}, bundle(doctor)])) == (3, 0, 0)
    staff = Staff.objects.get()
    assert Encounter.objects.get().provider_id == staff.pk
    assert (staff.role, staff.active, staff.user_id) == ("external", False, None), "cannot sign in"
    assert capabilities_of(staff.role) == frozenset()


def test_a_prescription_of_a_medication_elsewhere_in_the_input(tmp_path: Path) -> None:
    rx = "http://www.nlm.nih.gov/research/umls/rxnorm"
    order = {
        "resourceType": "MedicationRequest",
        "id": "m1",
        "status": "active",
        "intent": "order",
        "subject": {"reference": "Patient/p1"},
        "medicationReference": {"reference": "Medication/med"},
        "dosageInstruction": [
            {"timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}}, "asNeededBoolean": True}
        ],
    }
    told = {
        "resourceType": "MedicationStatement",
        "id": "s1",
        "status": "active",
        "subject": {"reference": "Patient/p1"},
        "medicationCodeableConcept": {"text": "Vitamin D"},
    }
    write(tmp_path / "a.ndjson", order, told)
    write(
        tmp_path / "b.ndjson",
        {"resourceType": "Medication", "id": "med", "code": concept(rx, "314076", "lisinopril 10 MG")},
    )
    write(tmp_path / "c.ndjson", patient(), patient("p2"))
    assert counts(import_paths(ME, [tmp_path])) == (4, 0, 1)
    row = Medication.objects.get(reported=False)
    assert (row.display, row.code, row.dosage) == ("lisinopril 10 MG", "314076", "2 times a day, as needed")
    assert Medication.objects.get(reported=True).display == "Vitamin D"


def coverage(key: str, payor: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Coverage",
        "id": key,
        "status": "active",
        "beneficiary": {"reference": "Patient/p1"},
        "subscriberId": "M-1",
        "payor": [payor],
        **more,
    }


def test_payers_are_found_by_code_and_name_or_made() -> None:
    from liaison.places.actions import add_organization

    known = add_organization(ME, kind="payer", name="Prairie Health", code="PRAIRIE1")
    by_code = coverage("c1", {"identifier": {"system": "urn:liaison:payer", "value": "PRAIRIE1"}, "display": "Prairie"})
    by_name = coverage("c2", {"display": "PRAIRIE HEALTH"}, order=1)
    fresh = coverage("c3", {"display": "Lakeside Mutual"}, order=2)
    assert counts(import_bundles(ME, [bundle(patient(), by_code, by_name, fresh)])) == (4, 0, 0)
    placed = dict(Coverage.objects.order_by("position").values_list("position", "payer__name"))
    assert placed == {1: "Prairie Health", 2: "Prairie Health", 3: "Lakeside Mutual"}, "two cannot be primary"
    assert Organization.objects.filter(kind="payer").count() == 2
    assert known.pk in Coverage.objects.values_list("payer_id", flat=True)
    assert counts(import_bundles(ME, [bundle(patient(), by_code, by_name, fresh)])) == (0, 4, 0)


def test_other_peoples_places_are_not_offered_here() -> None:
    hospital = {"resourceType": "Organization", "id": "o", "name": "County Hospital"}
    ward = {
        "resourceType": "Location",
        "id": "l",
        "name": "Ward",
        "managingOrganization": {"reference": "Organization/o"},
    }
    assert counts(import_bundles(ME, [bundle(ward, hospital)])) == (2, 0, 0)
    assert not Site.objects.get().active
    assert Organization.objects.get().kind == "other"


def test_our_own_mrn_comes_back_and_is_never_given_again() -> None:
    ours = patient("p9", identifier=[{"system": "urn:liaison:mrn", "value": "000040"}])
    import_bundles(ME, [bundle(patient()), bundle(ours)])
    assert set(Patient.objects.values_list("mrn", flat=True)) == {"000001", "000040"}
    import_bundles(ME, [bundle(patient("p10"))])
    assert Patient.objects.filter(mrn="000041").exists()
    same = patient("p11", identifier=[{"system": "urn:liaison:mrn", "value": "000040"}])
    assert counts(import_bundles(ME, [bundle(same)])) == (0, 0, 1)


def test_values_of_every_kind_go_in_and_out_whole() -> None:
    import orjson

    pressure = weight("bp", code=concept("http://loinc.org", "85354-9", "Blood pressure"))
    del pressure["valueQuantity"]
    unit = {"unit": "mmHg", "system": "http://unitsofmeasure.org", "code": "mm[Hg]"}
    pressure["component"] = [
        {"code": concept("http://loinc.org", code, name), "valueQuantity": {"value": value, **unit}}
        for code, name, value in (("8480-6", "Systolic", 158), ("8462-4", "Diastolic", 92))
    ]
    smoker = weight("sm", valueCodeableConcept=concept("http://snomed.info/sct", "8517006", "Former smoker"))
    below = weight("lt", valueQuantity={"value": 0.5, "comparator": "<", "unit": "mg/dL"})
    del smoker["valueQuantity"]
    assert counts(import_bundles(ME, [bundle(patient(), pressure, smoker, below)])) == (4, 0, 0)
    said = [orjson.loads(bytes(r.body)) for r in Revision.objects.filter(resource_type="Observation")]
    values = [(one.get("component"), one.get("valueCodeableConcept"), one.get("valueString")) for one in said]
    assert [c["valueQuantity"]["value"] for one in values for c in one[0] or ()] == [158, 92]
    assert [one[1]["coding"][0]["code"] for one in values if one[1]] == ["8517006"]
    assert [one[2] for one in values if one[2]] == ["<0.5 mg/dL"]
    assert broken() == {}


def test_who_may_not_import_does_not_and_a_wrong_path_is_named() -> None:
    desk = Actor("x", "Desk", "front-desk", capabilities_of("front-desk"))
    with pytest.raises(Forbidden):
        import_bundles(desk, [bundle(patient())])
    with pytest.raises(NotFound):
        import_paths(ME, ["/no/such/folder"])
    assert not Patient.objects.exists()


def test_the_last_line_counts_and_says_why() -> None:
    report = import_bundles(ME, [bundle(patient(), weight(of="nobody"), {"resourceType": "Goal"})])
    assert report.line().startswith("1 stored, 0 already here, 2 kept for review (reasons: 1 × ")
    assert import_bundles(ME, [bundle(patient())]).line() == "0 stored, 1 already here, 0 kept for review"
