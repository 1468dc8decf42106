"""FHIR search: what the CapabilityStatement promises is answered, every row once, nothing but what matches."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from liaison.kernel import clock
from liaison.people import actions as people
from liaison.people.models import Patient
from liaison.record.actor import machine
from liaison.record.models import AuditEntry
from tests.interop.fhir.client import Client, one

pytestmark = [pytest.mark.usefixtures("fhir_clinic")]
LOINC = "http://loinc.org"
SENSIBLE = {
    "token": "active", "string": "a", "date": "ge2020-01-01", "quantity": "gt1", "uri": "http://loinc.org",
    "reference": "00000000-0000-4000-8000-000000000000", "number": "1",
}  # fmt: skip


def statement(reader: Client) -> list[dict[str, Any]]:
    found = reader.get("metadata").json
    assert (found["resourceType"], found["fhirVersion"], found["kind"]) == ("CapabilityStatement", "4.0.1", "instance")
    resources: list[dict[str, Any]] = found["rest"][0]["resource"]
    return resources


def total(reader: Client, kind: str, query: Any) -> int:
    answer = reader.get(kind, [*(query.items() if isinstance(query, dict) else query), ("_count", 0)])
    assert answer.status == 200, answer.json
    count: int = answer.json["total"]
    return count


def test_every_promised_parameter_is_answered(reader: Client) -> None:
    asked = 0
    for resource in statement(reader):
        for param in resource["searchParam"]:
            value = "true" if param["name"] == "active" else SENSIBLE[param["type"]]
            answer = reader.get(resource["type"], {param["name"]: value})
            assert answer.status == 200, (resource["type"], param, answer.json)
            assert answer.json["type"] == "searchset"
            asked += 1
    assert asked > 100


def test_every_promised_interaction_is_answered(reader: Client) -> None:
    for resource in statement(reader):
        path = f"{resource['type']}/{one(reader, resource['type'])['id']}"
        paths = {"read": path, "vread": f"{path}/_history/1", "history-instance": f"{path}/_history"}
        for interaction in resource["interaction"]:
            if interaction["code"] in paths:
                assert reader.get(paths[interaction["code"]]).status == 200, (path, interaction)
        if resource["versioning"] == "no-version":
            assert reader.get(paths["history-instance"]).status == 404


def test_every_type_is_paged_to_the_end_with_each_row_once(reader: Client) -> None:
    for resource in statement(reader):
        kind = resource["type"]
        count = max(3, total(reader, kind, {}) // 7)
        seen = [i for page in reader.follow(kind, {"_count": count, "_total": "accurate"}) for i in page.ids]
        assert len(seen) == len(set(seen)), kind
        pages = list(reader.follow(kind, {"_count": count, "_total": "accurate"}))
        assert {page.json["total"] for page in pages} == {sum(len(page.ids) for page in pages)}, kind


@pytest.mark.parametrize("sort", ["_lastUpdated", "-_lastUpdated", "date", "-date", "status,-date"])
def test_sorted_pages_give_each_row_once_in_order(reader: Client, sort: str) -> None:
    found = [
        e["resource"] for p in reader.follow("Observation", {"_sort": sort, "_count": 40}) for e in p.json["entry"]
    ]
    assert len(found) == len({r["id"] for r in found}) == total(reader, "Observation", {})
    if sort != "status,-date":
        when = [r["meta"]["lastUpdated"] if "_last" in sort else r["effectiveDateTime"] for r in found]
        assert when == sorted(when, reverse=sort.startswith("-"))


def test_locations_of_both_kinds_are_sorted_together(reader: Client) -> None:
    for sort in ("name", "-name"):
        found = [
            e["resource"]["name"]
            for p in reader.follow("Location", {"_sort": sort, "_count": 3})
            for e in p.json["entry"]
        ]
        assert found == sorted(found, reverse=sort.startswith("-"))
        assert len(found) == total(reader, "Location", {})


def test_count_total_and_summary(reader: Client) -> None:
    everybody = Patient.objects.count()
    for query in ({"_count": 0}, {"_summary": "count"}):
        answer = reader.get("Patient", query).json
        assert (answer["total"], "entry" in answer, len(answer["link"])) == (everybody, False, 1)
    page = reader.get("Patient", {"_count": 2}).json
    assert "total" not in page
    assert len(page["entry"]) == 2
    assert reader.get("Patient", {"_count": 2, "_total": "accurate"}).json["total"] == everybody
    assert reader.get("Patient", {"_count": 100}).json["total"] == everybody
    assert "total" not in reader.get("Patient", {"_offset": 5000}).json
    assert reader.get("Patient", {"_format": "application/fhir+json"}).status == 200
    assert reader.get("Patient", {"_format": "xml"}).status == 400


def test_dates_with_prefixes_and_of_any_precision(reader: Client) -> None:
    row = Patient.objects.order_by("birth_date")[3]
    day = row.birth_date
    everybody = Patient.objects.count()
    older = Patient.objects.filter(birth_date__lt=day).count()
    same = Patient.objects.filter(birth_date=day).count()
    counts = {
        "": same, "eq": same, "ne": everybody - same, "lt": older, "le": older + same, "eb": older,
        "gt": everybody - older - same, "ge": everybody - older, "sa": everybody - older - same,
    }  # fmt: skip
    for prefix, expected in counts.items():
        assert total(reader, "Patient", {"birthdate": f"{prefix}{day}"}) == expected, prefix
    in_month = Patient.objects.filter(birth_date__year=day.year, birth_date__month=day.month).count()
    in_year = Patient.objects.filter(birth_date__year=day.year).count()
    assert total(reader, "Patient", {"birthdate": f"{day:%Y-%m}"}) == in_month
    assert total(reader, "Patient", {"birthdate": f"{day:%Y}"}) == in_year
    both = [("birthdate", f"ge{day}"), ("birthdate", f"le{day}")]
    assert total(reader, "Patient", both) == same


def test_instants_within_a_minute_second_and_zone(reader: Client) -> None:
    found = one(reader, "Observation")
    at = datetime.fromisoformat(found["effectiveDateTime"].replace("Z", "+00:00"))
    own = ("_id", found["id"])
    chicago = (at - timedelta(hours=6)).strftime("%Y-%m-%dT%H:%M") + "-06:00"
    for value in (f"{at:%Y-%m-%d}", f"{at:%Y-%m-%dT%H:%MZ}", f"{at:%Y-%m-%dT%H:%M:%SZ}", chicago, f"ge{at:%Y}"):
        assert total(reader, "Observation", [own, ("date", value)]) == 1, value
    assert total(reader, "Observation", [own, ("date", f"lt{at:%Y-%m-%d}")]) == 0
    assert total(reader, "Observation", [own, ("date", f"gt{at:%Y-%m-%d}")]) == 0


def test_last_updated(reader: Client) -> None:
    now = clock.now() + timedelta(days=400)
    assert total(reader, "Patient", {"_lastUpdated": f"le{now:%Y-%m-%d}"}) == Patient.objects.count()
    assert total(reader, "Patient", {"_lastUpdated": f"gt{now:%Y-%m-%d}"}) == 0


def test_tokens_with_and_without_a_system(reader: Client) -> None:
    vitals = total(reader, "Observation", {"code": "85354-9"})
    assert vitals > 0
    assert total(reader, "Observation", {"code": f"{LOINC}|85354-9"}) == vitals
    assert total(reader, "Observation", {"code": "http://snomed.info/sct|85354-9"}) == 0
    assert total(reader, "Observation", {"code": "85354-9,8867-4"}) > vitals
    male, everybody = total(reader, "Patient", {"gender": "male"}), Patient.objects.count()
    assert total(reader, "Patient", {"gender:not": "male"}) == everybody - male
    patient = Patient.objects.order_by("pk")[0]
    for value in (patient.mrn, f"urn:liaison:mrn|{patient.mrn}"):
        assert reader.get("Patient", {"identifier": value}).ids == [str(patient.pk)]
    assert total(reader, "Patient", {"identifier": f"urn:other|{patient.mrn}"}) == 0


def test_an_order_is_found_by_its_intent(reader: Client) -> None:
    everything = total(reader, "ServiceRequest", {})
    assert total(reader, "ServiceRequest", {"intent": "order"}) == everything > 0
    assert total(reader, "ServiceRequest", {"intent:not": "order"}) == 0
    assert total(reader, "ServiceRequest", {"intent": "plan"}) == 0


def test_missing(reader: Client) -> None:
    everybody = Patient.objects.count()
    without = total(reader, "Patient", {"email:missing": "true"})
    assert total(reader, "Patient", {"email:missing": "false"}) == everybody - without
    assert total(reader, "Patient", {"death-date:missing": "true"}) == Patient.objects.filter(deceased_on=None).count()
    assert reader.get("Patient", {"email:missing": "perhaps"}).status == 400


def test_names_by_their_beginnings_exactly_and_anywhere(reader: Client) -> None:
    patient = Patient.objects.exclude(given="").order_by("family")[0]
    for query in (
        {"family": patient.family[:3].lower()}, {"name": f"{patient.given.split()[0]} {patient.family}"},
        {"family:exact": patient.family}, {"family:contains": patient.family[1:]},
    ):  # fmt: skip
        assert str(patient.pk) in reader.get("Patient", {**query, "_count": 100}).ids, query
    assert total(reader, "Patient", {"family:exact": patient.family.upper()}) == 0 or patient.family.isupper()
    assert total(reader, "Patient", {"family": "%"}) == 0


def test_references_in_every_way_of_writing_them(reader: Client) -> None:
    patient = one(reader, "Encounter")["subject"]["reference"].removeprefix("Patient/")
    count = total(reader, "Encounter", {"patient": patient})
    assert count > 0
    for query in (
        {"patient": f"Patient/{patient}"}, {"subject": f"http://127.0.0.1:8000/fhir/Patient/{patient}"},
        {"subject:Patient": patient},
    ):  # fmt: skip
        assert total(reader, "Encounter", query) == count, query
    assert total(reader, "Encounter", {"patient": f"Practitioner/{patient}"}) == 0
    assert total(reader, "Encounter", {"patient": "Patient/unknown"}) == 0


def test_quantities(reader: Client) -> None:
    pulse = [e["resource"] for e in reader.get("Observation", {"code": "8867-4", "_count": 500}).json["entry"]]
    values = [float(r["valueQuantity"]["value"]) for r in pulse]
    own = ("code", "8867-4")
    assert total(reader, "Observation", [own, ("value-quantity", "gt70")]) == sum(v > 70 for v in values)
    assert total(reader, "Observation", [own, ("value-quantity", "le70")]) == sum(v <= 70 for v in values)
    for value in (f"{values[0]:.0f}", f"{values[0]:.2f}", f"{values[0]:.8f}"):
        expected = sum(v == values[0] for v in values)
        assert total(reader, "Observation", [own, ("value-quantity", value)]) == expected, value
        found = total(reader, "Observation", [own, ("value-quantity", f"ne{value}")])
        assert found == len(values) - expected, value
    assert reader.get("Observation", {"value-quantity": "gt999999999999"}).status == 400


def test_a_search_by_form_is_the_same(reader: Client) -> None:
    asked = reader.ask("POST", "Patient/_search", "_count=100", b"gender=male")
    assert asked.status == 200
    assert asked.ids == reader.get("Patient", {"gender": "male", "_count": 100}).ids
    # A chunked form has no length
    whole = reader.ask("POST", "Patient/_search", "", b"gender=male&_count=100", {"CONTENT_LENGTH": ""})
    assert whole.ids == asked.ids
    for header in ({"CONTENT_LENGTH": "²"}, {"CONTENT_LENGTH": "-1"}, {"CONTENT_LENGTH": "99999999"}):
        assert reader.ask("POST", "Patient/_search", "", b"gender=male", header).status == 400
    assert reader.ask("POST", "Patient/_search", "", b"{}", {"CONTENT_TYPE": "application/json"}).status == 400


@pytest.mark.parametrize(
    ("kind", "query"),
    [
        ("Patient", "favourite-color=teal"), ("Patient", "_include=*"), ("Patient", "name:sounds=brandt"),
        ("Patient", "birthdate=yesterday"), ("Patient", "birthdate=2026-13-01"), ("Patient", "birthdate=9999-12-31"),
        ("Patient", "birthdate=0001-01-01T00:00%2B05:00"), ("Patient", "birthdate=9999-12-30"), ("Patient", "name="),
        ("Patient", "_count=many"), ("Patient", "_count=-1"), ("Patient", "_count=٣"), ("Patient", "_offset=x"),
        ("Patient", "_sort=shoe-size"), ("Patient", "active=perhaps"), ("Patient", "name=%00"),
        ("Patient", "_total=all"),
        ("Patient", "name=" + "x" * 600), ("Patient", "_id=" + "a," * 300 + "a"), ("Patient", "&".join(["a=b"] * 101)),
        ("Observation", "value-quantity=much"), ("Slot", "start=never"), ("Slot", "color=red"),
        ("Slot", "_sort=-start"),
        ("AuditEvent", "date=never"), ("AuditEvent", "date:missing=true"), ("AuditEvent", "_upto=x"),
        ("Patient/1/_history", "_since=2026"), ("Patient", "_summary=text"),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_refused_with_a_sentence(reader: Client, kind: str, query: str) -> None:
    answer = reader.get(kind, query)
    assert answer.status == 400, answer.json
    assert answer.json["resourceType"] == "OperationOutcome"
    assert len(answer.says) > 20


def test_a_search_is_on_record_by_what_was_asked_and_seen_never_by_values(reader: Client) -> None:
    found = reader.get("Patient", {"family": "a", "birthdate": "ge1900", "_count": 3})
    entry = AuditEntry.objects.latest("seq")
    assert entry.action == "search"
    assert entry.entities == ["Patient?birthdate&family", *(f"Patient/{i}" for i in found.ids)]
    assert "1900" not in str(entry.entities)


def test_a_search_in_one_chart_is_on_record_as_a_look_at_that_patient(reader: Client) -> None:
    patient = one(reader, "Encounter")["subject"]["reference"].removeprefix("Patient/")
    for query in (
        {"patient": patient},
        {"subject": f"Patient/{patient}", "_count": 1},
        {"_id": one(reader, "Encounter")["id"]},
    ):
        reader.get("Encounter", query)
        assert str(AuditEntry.objects.latest("seq").patient_id) == patient, query
    reader.get("Immunization", {"patient": patient, "status": "not-done"})
    assert str(AuditEntry.objects.latest("seq").patient_id) == patient


def test_links_repeat_the_question_as_it_was_understood(reader: Client) -> None:
    link = reader.get("Patient", {"gender": "male", "_count": 1, "_sort": "-birthdate", "_total": "accurate"}).json[
        "link"
    ]
    assert [one["relation"] for one in link] == ["self", "next"]
    asked = parse_qs(urlsplit(link[1]["url"]).query)
    assert asked == {
        "gender": ["male"],
        "_sort": ["-birthdate"],
        "_count": ["1"],
        "_total": ["accurate"],
        "_offset": ["1"],
    }


def test_the_audit_log_can_be_paged_although_paging_adds_to_it(reader: Client) -> None:
    seen = [i for page in reader.follow("AuditEvent", {"_count": 100, "_sort": "-date"}) for i in page.ids]
    assert len(seen) == len(set(seen))


def test_restricted_charts_are_left_out_of_searches_by_anything(client_as: Callable[..., Client]) -> None:
    system, actor = client_as(), machine("test")
    patient = Patient.objects.get(pk=one(system, "Encounter")["subject"]["reference"].removeprefix("Patient/"))
    before = {kind["type"]: total(system, kind["type"], {}) for kind in statement(system)}
    people.restrict(actor, patient.pk, True, "Asked for it")
    try:
        for query in ({"family": patient.family}, {"birthdate": str(patient.birth_date)}, {"identifier": patient.mrn}):
            assert str(patient.pk) not in system.get("Patient", {**query, "_count": 500}).ids
        for kind in ("Patient", "Encounter", "Observation", "Condition", "Claim", "Appointment", "Coverage"):
            assert total(system, kind, {}) < before[kind], kind
        for kind in ("Practitioner", "Organization", "Location", "Schedule", "PractitionerRole"):
            assert total(system, kind, {}) == before[kind], kind
    finally:
        people.restrict(actor, patient.pk, False, "No longer")
