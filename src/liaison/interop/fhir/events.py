"""AuditEvent and Provenance: the audit log in FHIR words, read from itself (a copy would be a second truth)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Max, Q, QuerySet

from liaison.interop.fhir import params
from liaison.interop.fhir.read import as_uuid
from liaison.kernel.errors import Invalid
from liaison.record.actor import Actor
from liaison.record.forms import Computed, Json, SearchParam, registry
from liaison.record.models import AuditEntry, Revision

_REST = {
    "system": "http://terminology.hl7.org/CodeSystem/audit-event-type",
    "code": "rest",
    "display": "RESTful Operation",
}
_PERSONS = "Practitioner"


def _agent(entry: AuditEntry) -> Json:
    if entry.kind == "staff" and as_uuid(entry.actor_id):
        return {"reference": f"{_PERSONS}/{entry.actor_id}", "display": entry.actor_name}
    return {"identifier": {"system": "urn:liaison:actor", "value": entry.actor_id}, "display": entry.actor_name}


def _action(entry: AuditEntry) -> str:
    if not entry.write:
        return "E" if entry.action in ("search", "sign-in") else "R"
    return "C" if entry.entities and all(e.endswith("/_history/1") for e in entry.entities) else "U"


def audit_event(entry: AuditEntry) -> Json:
    """One audit entry as AuditEvent."""
    agent: Json = {"who": _agent(entry), "role": [{"text": entry.role}], "requestor": True}
    if entry.where:
        agent["network"] = {"address": entry.where, "type": "5" if entry.where in ("cli", "worker") else "2"}
    if entry.reason:
        agent["purposeOfUse"] = [{"text": entry.reason}]
    entities: list[Json] = [
        {"what": {"reference": e}} if "?" not in e and "/" in e else {"name": e} for e in entry.entities[:100]
    ]
    if entry.patient_id:
        entities.append(
            {"what": {"reference": f"Patient/{entry.patient_id}"}, "role": {"code": "1", "display": "Patient"}}
        )
    return {
        "resourceType": "AuditEvent",
        "id": str(entry.id),
        "meta": {"versionId": "1", "lastUpdated": entry.at},
        "type": _REST,
        "subtype": [{"system": "urn:liaison:action", "code": entry.action}],
        "action": _action(entry),
        "recorded": entry.at,
        "outcome": "0",
        "agent": [agent],
        "source": {"observer": {"display": "Liaison"}},
        "entity": entities,
    }


def provenance(entry: AuditEntry) -> Json:
    """The change that an audit entry tells of, as Provenance of every version it made."""
    body: Json = {
        "resourceType": "Provenance",
        "id": str(entry.id),
        "meta": {"versionId": "1", "lastUpdated": entry.at},
        "target": [{"reference": e} for e in entry.entities],
        "recorded": entry.at,
        "activity": {"coding": [{"system": "urn:liaison:action", "code": entry.action}]},
        "agent": [{"who": _agent(entry)}],
    }
    return body | ({"reason": [{"text": entry.reason}]} if entry.reason else {})


def _provenances() -> QuerySet[AuditEntry]:
    # A change of the ledger alone touches no resource, and so has no Provenance
    return AuditEntry.objects.filter(write=True).exclude(entities=[])


def _search(
    rows: QuerySet[AuditEntry], filters: Sequence[tuple[str, str]], offset: int, count: int
) -> tuple[int, list[AuditEntry]]:
    for name, value in filters:
        rows = rows.filter(_condition(name, value))
    return rows.count(), list(rows.order_by("-seq")[offset : offset + count])


def _condition(name: str, value: str) -> Q:
    plain, _, modifier = name.partition(":")
    if plain == "_upto":
        return Q(seq__lte=int(value))
    if modifier and modifier != "Patient":
        raise Invalid("bad-modifier", f"“:{modifier[:20]}” is not answered for {plain}.", plain)
    if plain in ("date", "recorded"):

        def bad(want: str) -> Invalid:
            return Invalid("bad-parameter", f"“{value[:60]}” cannot be used for {plain}: {want}.", plain)

        prefix, start, end = params.period(value, bad)
        return params.within("at", prefix, start, end)
    result = params.NOTHING
    for text in params.alternatives(_SHARED["_id"], value):
        if identifier := as_uuid(text.rpartition("/")[2]):
            result |= _about(plain, identifier)
    return result


def _about(name: str, identifier: UUID) -> Q:
    match name:
        case "_id":
            return Q(id=identifier)
        case "patient":
            return Q(patient_id=identifier)
        case "agent":
            return Q(actor_id=str(identifier))
        case _:
            return _target(identifier)


def _target(identifier: UUID) -> Q:
    changes = Revision.objects.filter(resource_id=identifier).values_list("change_id", flat=True)
    return Q(change_id__in=list(changes[:200]))


def _read(rows: QuerySet[AuditEntry], identifier: str) -> AuditEntry | None:
    uuid = as_uuid(identifier)
    return rows.filter(id=uuid).first() if uuid else None


def _read_event(actor: Actor, identifier: str) -> Json | None:
    found = _read(AuditEntry.objects.all(), identifier)
    return audit_event(found) if found else None


def _read_provenance(actor: Actor, identifier: str) -> Json | None:
    found = _read(_provenances(), identifier)
    return provenance(found) if found else None


def _search_events(actor: Actor, filters: Sequence[tuple[str, str]], offset: int, count: int) -> tuple[int, list[Any]]:
    total, rows = _search(AuditEntry.objects.all(), filters, offset, count)
    return total, [audit_event(r) for r in rows]


def _search_provenances(
    actor: Actor, filters: Sequence[tuple[str, str]], offset: int, count: int
) -> tuple[int, list[Any]]:
    total, rows = _search(_provenances(), filters, offset, count)
    return total, [provenance(r) for r in rows]


_SHARED = {
    "_id": SearchParam("_id", "token"),
    "patient": SearchParam("patient", "reference", target="Patient"),
    "agent": SearchParam("agent", "reference", target=_PERSONS),
}


def _newest() -> int:
    return AuditEntry.objects.aggregate(newest=Max("seq"))["newest"] or 0


registry.compute(
    Computed(
        "AuditEvent",
        _read_event,
        _search_events,
        _SHARED | {"date": SearchParam("date", "date")},
        "record.audit",
        _newest,
        "-date",
    )
)
registry.compute(
    Computed(
        "Provenance",
        _read_provenance,
        _search_provenances,
        _SHARED | {"recorded": SearchParam("recorded", "date"), "target": SearchParam("target", "reference")},
        "record.audit",
        _newest,
        "-recorded",
    )
)
