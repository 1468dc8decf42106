"""How a task looks in FHIR (Task, R4)."""

from liaison.record.forms import Json, SearchParam, register
from liaison.worklist.models import Task

KIND = "urn:liaison:task-kind"
ROLE = "urn:liaison:role"


def _task(row: Task) -> Json:
    body: Json = {
        "identifier": [{"system": "urn:liaison:task-source", "value": row.source}],
        "status": row.status,
        "intent": "order",
        "priority": "stat" if row.priority < 10 else "urgent" if row.priority < 30 else "routine",
        "code": {"coding": [{"system": KIND, "code": row.kind}], "text": row.title},
        "description": row.detail or row.title,
        "authoredOn": row.created_at,
        "lastModified": row.updated_at,
        "performerType": [{"coding": [{"system": ROLE, "code": row.for_role}], "text": row.for_role.replace("-", " ")}],
    }
    if row.patient_id:
        body["for"] = {"reference": f"Patient/{row.patient_id}"}
    if row.owner_id:
        body["owner"] = {"reference": f"Practitioner/{row.owner_id}"}
    if row.site_id:
        body["location"] = {"reference": f"Location/{row.site_id}"}
    if row.due_at:
        body["restriction"] = {"period": {"end": row.due_at}}
    if row.done_at:
        body["executionPeriod"] = {"start": row.created_at, "end": max(row.created_at, row.done_at)}
    return body


register(
    Task,
    _task,
    [
        SearchParam("patient", "reference", ("patient_id",), target="Patient"),
        SearchParam("subject", "reference", ("patient_id",), target="Patient"),
        SearchParam("owner", "reference", ("owner_id",), target="Practitioner"),
        SearchParam("status", "token", ("status",)),
        SearchParam("code", "token", ("kind",), system=KIND),
        SearchParam("performer", "token", ("for_role",), system=ROLE),
        SearchParam("authored-on", "date", ("created_at",)),
        SearchParam("modified", "date", ("updated_at",)),
    ],
)
