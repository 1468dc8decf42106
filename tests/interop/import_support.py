"""Small FHIR input for the tests of the import."""

import gzip
import json
from pathlib import Path
from typing import Any

from liaison.record.models import AuditEntry, Intake, Revision

Json = dict[str, Any]
LOINC = "http://loinc.org"


def concept(system: str, code: str, display: str) -> Json:
    return {"coding": [{"system": system, "code": code, "display": display}], "text": display}


def patient(key: str = "p1", **more: Any) -> Json:
    facts = {"name": [{"family": "Okafor", "given": ["Ada"]}], "gender": "female", "birthDate": "1980-02-03"}
    return {"resourceType": "Patient", "id": key, **facts, **more}


def weight(key: str = "w1", of: str = "p1", value: float = 70.5, **more: Any) -> Json:
    return {
        "resourceType": "Observation",
        "id": key,
        "status": "final",
        "category": [
            concept("http://terminology.hl7.org/CodeSystem/observation-category", "vital-signs", "Vital Signs")
        ],
        "code": concept(LOINC, "29463-7", "Body Weight"),
        "subject": {"reference": f"Patient/{of}"},
        "effectiveDateTime": "2020-05-04T09:00:00-05:00",
        "valueQuantity": {"value": value, "unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"},
        **more,
    }


def encounter(key: str = "e1", of: str = "p1", **more: Any) -> Json:
    return {
        "resourceType": "Encounter",
        "id": key,
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
        "subject": {"reference": f"Patient/{of}"},
        "period": {"start": "2020-05-04T09:00:00-05:00", "end": "2020-05-04T09:30:00-05:00"},
        **more,
    }


def bundle(*resources: Json, kind: str = "transaction") -> Json:
    return {"resourceType": "Bundle", "type": kind, "entry": [{"resource": one} for one in resources]}


def write(path: Path, *documents: object) -> Path:
    """JSON for one document, NDJSON for several; gzip when the name ends so."""
    text = "\n".join(json.dumps(one) for one in documents).encode()
    path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)
    return path


def footprint() -> tuple[int, int, int]:
    """What a second import must not add to: revisions, intake, and write entries that name a row."""
    return (
        Revision.objects.count(),
        Intake.objects.count(),
        AuditEntry.objects.filter(write=True).exclude(entities=[]).count(),
    )
