"""FHIR read, vread and history: the bytes that were written, for who may see them, once that is on record."""

from collections.abc import Callable

import orjson
import pytest
from fhirclient.models import fhirelementfactory

from liaison.interop.fhir import access, read, search
from liaison.kernel.errors import Forbidden
from liaison.people import actions as people
from liaison.people.actors import capabilities_of
from liaison.people.models import Patient
from liaison.record.actor import Actor, machine
from liaison.record.forms import registry
from liaison.record.models import AuditEntry, OutboxEvent, Revision
from tests.interop.fhir.client import Client, one

pytestmark = [pytest.mark.usefixtures("fhir_clinic")]
TYPES = [
    "AllergyIntolerance", "Appointment", "AuditEvent", "Claim", "Condition", "Coverage", "Encounter",
    "ExplanationOfBenefit", "Immunization", "ImmunizationEvaluation", "ImmunizationRecommendation", "Location",
    "MedicationRequest", "Observation", "Organization", "Patient", "Practitioner", "PractitionerRole", "Procedure",
    "Provenance", "Schedule", "ServiceRequest", "Slot", "Task",
]  # fmt: skip
MACHINE = machine("test")


def test_every_promised_type_is_answered() -> None:
    assert access.types() == TYPES


@pytest.mark.parametrize("kind", TYPES)
def test_a_read_gives_the_resource_and_leaves_one_audit_entry(reader: Client, kind: str) -> None:
    expected = one(reader, kind)
    before = AuditEntry.objects.count()
    answer = reader.get(f"{kind}/{expected['id']}")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/fhir+json; charset=utf-8")
    assert answer.json == expected
    entry = AuditEntry.objects.latest("seq")
    assert AuditEntry.objects.count() == before + 1
    assert (entry.action, entry.write, entry.kind, entry.where) == ("read", False, "client", "10.0.0.9")
    assert (entry.actor_name, entry.role) == ("system-reader", "system-reader")
    assert entry.entities == [f"{kind}/{expected['id']}"]


@pytest.mark.parametrize("kind", TYPES)
def test_resources_are_valid_fhir(reader: Client, kind: str) -> None:
    for resource in (e["resource"] for e in reader.get(kind, {"_count": 60}).json["entry"]):
        made = fhirelementfactory.FHIRElementFactory.instantiate(kind, resource)
        assert made.as_json()["id"] == resource["id"]


@pytest.mark.parametrize("kind", [t for t in TYPES if t not in registry.computed])
def test_versions_and_history(reader: Client, kind: str) -> None:
    found = Revision.objects.filter(resource_type=kind).order_by("-version").first()
    assert found is not None
    path = f"{kind}/{found.resource_id}"
    newest = reader.get(path)
    assert newest.headers["ETag"] == f'W/"{found.version}"'
    assert newest.json["meta"]["versionId"] == str(found.version)
    history = reader.get(f"{path}/_history").json
    assert (history["type"], history["total"]) == ("history", found.version)
    told = [e["resource"]["meta"]["versionId"] for e in history["entry"]]
    assert told == [str(n) for n in range(found.version, 0, -1)]
    for number, entry in zip(told, history["entry"], strict=True):
        answer = reader.get(f"{path}/_history/{number}")
        assert answer.json == entry["resource"]
        assert entry["response"]["etag"] == answer.headers["ETag"] == f'W/"{number}"'
    assert [e["request"]["method"] for e in history["entry"]][-1] == "POST"
    seen = AuditEntry.objects.latest("seq")
    assert seen.entities == [f"{path}/_history/1"]
    assert seen.patient_id == found.patient_id


def test_a_long_history_is_paged(reader: Client) -> None:
    found = Revision.objects.order_by("-version").first()
    assert found is not None
    path = f"{found.resource_type}/{found.resource_id}/_history"
    seen = [
        e["resource"]["meta"]["versionId"] for page in reader.follow(path, {"_count": 2}) for e in page.json["entry"]
    ]
    assert seen == [str(n) for n in range(found.version, 0, -1)]


def test_what_has_not_changed_is_not_sent_again(reader: Client) -> None:
    patient = one(reader, "Patient")
    path = f"Patient/{patient['id']}"
    tag = reader.get(path).headers["ETag"]
    for asked in (tag, f'W/"999", {tag}', tag.removeprefix("W/"), "*"):
        answer = reader.get(path, HTTP_IF_NONE_MATCH=asked)
        assert (answer.status, answer.body) == (304, b"")
        assert answer.headers["ETag"] == tag
    assert reader.get(path, HTTP_IF_NONE_MATCH='W/"999"').status == 200


def test_head_tells_the_length_alone(reader: Client) -> None:
    path = f"Patient/{one(reader, 'Patient')['id']}"
    whole, head = reader.get(path), reader.ask("HEAD", path)
    assert (head.status, head.body, head.headers["Content-Length"]) == (200, b"", str(len(whole.body)))


@pytest.mark.parametrize("bearer", ["", "made-up", "é", "\x80" * 30])
def test_without_a_valid_token_nobody_reads(reader: Client, bearer: str) -> None:
    known = f"Patient/{one(reader, 'Patient')['id']}"
    before = AuditEntry.objects.count()
    for path in ("Patient", known, "Nothing", "AuditEvent"):
        answer = Client(bearer).get(path)
        assert answer.status == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.json["issue"][0]["code"] == "login"
        assert "liaison client token" in answer.says
    assert AuditEntry.objects.count() == before


def test_the_statement_needs_no_token(fhir_clinic: None) -> None:
    assert Client("").get("metadata").status == 200


@pytest.mark.parametrize(
    ("role", "may", "may_not"),
    [
        ("system-scheduling", ["Patient", "Appointment", "Slot"], ["Observation", "Claim", "AuditEvent", "Task"]),
        ("front-desk", ["Patient", "Coverage", "Claim"], ["Condition", "Observation", "Provenance"]),
        ("medical-assistant", ["Observation", "Immunization", "Task"], ["Claim", "AuditEvent"]),
        ("biller", ["Claim", "ExplanationOfBenefit", "Encounter"], ["Immunization", "AuditEvent"]),
    ],
)
def test_the_role_of_a_system_says_what_it_reads(
    client_as: Callable[..., Client], reader: Client, role: str, may: list[str], may_not: list[str]
) -> None:
    system = client_as(role)
    for kind in may:
        assert system.get(kind).status == 200, kind
    for kind in may_not:
        identifier = one(reader, kind)["id"]
        for path in (kind, f"{kind}/{identifier}"):
            answer = system.get(path)
            assert (answer.status, answer.json["issue"][0]["code"]) == (403, "forbidden"), path
        if kind not in registry.computed:
            assert system.get(f"{kind}/{identifier}/_history").status == 403
            assert system.get(f"{kind}/{identifier}/_history/1").status == 403


@pytest.mark.parametrize(
    "path",
    [
        "Patient/00000000-0000-0000-0000-000000000000", "Patient/1", "Patient/%00", "Patient/../Claim", "Basic",
        "Patient/00000000-0000-0000-0000-000000000000/_history", "Patient/x/_history/1", "Patient/x/y", "a/b/c/d/e", "",
        "AuditEvent/nothing", "Slot/nothing", "Slot/x.20261121T0900.15", "Basic/1",
        "Patient/{00000000-0000-0000-0000-000000000000}",
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_found(reader: Client, path: str) -> None:
    answer = reader.get(path)
    assert answer.status == 404
    assert answer.json["resourceType"] == "OperationOutcome"


def test_a_version_that_never_was_is_not_found(reader: Client) -> None:
    path = f"Patient/{one(reader, 'Patient')['id']}/_history"
    for version in ("0", "99", "-1", "x", "1.0", "٣", "9" * 40):
        assert reader.get(f"{path}/{version}").status == 404, version
    assert reader.get(f"AuditEvent/{one(reader, 'AuditEvent')['id']}/_history").status == 404


def test_a_resource_of_another_type_is_not_found_by_its_id(reader: Client) -> None:
    assert reader.get(f"Observation/{one(reader, 'Patient')['id']}").status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_nothing_is_written_here(reader: Client, method: str) -> None:
    before = Revision.objects.count(), OutboxEvent.objects.count()
    answer = reader.ask(method, f"Patient/{one(reader, 'Patient')['id']}", "", b"{}")
    assert (answer.status, answer.json["issue"][0]["code"]) == (405, "not-supported")
    assert (Revision.objects.count(), OutboxEvent.objects.count()) == before


def test_another_host_s_name_does_not_get_into_our_links(reader: Client) -> None:
    for host in ("evil.example", 'x"y', "127.0.0.1:8000/../", "a b"):
        assert reader.get("Patient", HTTP_HOST=host).status == 400
    answer = reader.get("Patient", HTTP_HOST="localhost:9000")
    assert answer.json["link"][0]["url"].startswith("http://localhost:9000/fhir/Patient?")


def test_a_restricted_chart_is_closed_until_the_glass_is_broken(client_as: Callable[..., Client]) -> None:
    system = client_as("biller")
    claim = one(system, "Claim")
    patient = Patient.objects.get(pk=claim["patient"]["reference"].removeprefix("Patient/"))
    own = {kind: own_of(kind, patient) for kind in TYPES if kind not in registry.computed}
    may = [k for k in own if own[k] and system.get(k).status == 200]
    assert {"Patient", "Coverage", "Appointment", "Encounter", "Condition", "Claim"} <= set(may)
    people.restrict(MACHINE, patient.pk, True, "Asked for it")
    try:
        for kind in may:
            for path in (f"{kind}/{own[kind]}", f"{kind}/{own[kind]}/_history", f"{kind}/{own[kind]}/_history/1"):
                answer = system.get(path)
                assert (answer.status, answer.json["issue"][0]["code"]) == (403, "forbidden"), path
            by_id = system.get(kind, {"_id": own[kind], "_total": "accurate"}).json
            assert (by_id["total"], by_id.get("entry")) == (0, None), kind
            if kind != "Patient" and "patient" in registry.by_type[kind][0].params:
                assert system.get(kind, {"patient": str(patient.pk), "_count": 0}).json["total"] == 0, kind
        # Who may open restricted charts sees it all the while
        assert client_as("provider").get(f"Patient/{patient.pk}").status == 200
        assert client_as("front-desk").get(f"Patient/{patient.pk}").status == 403
        person = Actor("dana", "Dana Whitfield, CMA", "nurse", capabilities_of("nurse") | capabilities_of("biller"))
        with pytest.raises(Forbidden, match="restricted"):
            read.read(person, "Patient", str(patient.pk))
        people.break_glass(person, patient.pk, "Fainted in the waiting room")
        for kind in may:
            assert read.read(person, kind, own[kind]).status == 200, kind
            assert orjson.loads(search.search(person, kind, [("_id", own[kind])], "").body)["total"] == 1, kind
        assert system.get(f"Patient/{patient.pk}").status == 403
    finally:
        people.restrict(MACHINE, patient.pk, False, "No longer")


def own_of(kind: str, patient: Patient) -> str:
    found = Revision.objects.filter(resource_type=kind, patient_id=patient.pk).values_list("resource_id", flat=True)
    return str(found[0]) if found else ""


def test_the_audit_log_tells_who_read(reader: Client) -> None:
    patient = one(reader, "Patient")
    reader.get(f"Patient/{patient['id']}")
    found = reader.get("AuditEvent", {"patient": f"Patient/{patient['id']}", "_count": 5}).json
    newest = found["entry"][0]["resource"]
    assert newest["agent"][0]["who"]["display"] == "system-reader"
    assert newest["agent"][0]["network"]["address"] == "10.0.0.9"
    assert newest["entity"][0]["what"]["reference"] == f"Patient/{patient['id']}"


def test_provenance_names_every_version_of_a_change(reader: Client) -> None:
    patient = one(reader, "Patient")
    found = reader.get("Provenance", {"target": f"Patient/{patient['id']}"}).json
    targets = [t["reference"] for e in found["entry"] for t in e["resource"]["target"]]
    assert f"Patient/{patient['id']}/_history/1" in targets


def test_two_systems_behind_different_addresses_are_told_apart(client_as: Callable[..., Client]) -> None:
    for where in ("10.0.0.1", "10.0.0.2"):
        assert client_as(where=where).get("Organization").status == 200
        assert AuditEntry.objects.latest("seq").where == where


def test_bytes_are_those_of_the_revision(reader: Client) -> None:
    found = Revision.objects.filter(resource_type="Encounter").latest("seq")
    newest = Revision.objects.filter(resource_type="Encounter", resource_id=found.resource_id).latest("version")
    body = reader.get(f"Encounter/{found.resource_id}").body
    assert body == bytes(newest.body)
    assert orjson.loads(body)["resourceType"] == "Encounter"
