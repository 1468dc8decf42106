"""FHIR R4 resources as plain dicts: the few shapes that the sample people need."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

Resource = dict[str, Any]

NAMESPACE = UUID("7d0c7d2e-5d0f-5c1c-9a55-3b1d2b6a4f10")
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
CVX = "http://hl7.org/fhir/sid/cvx"
HL7 = "http://terminology.hl7.org/CodeSystem/"


def coding(system: str, code: str, display: str) -> Resource:
    """A FHIR Coding."""
    return {"system": system, "code": code, "display": display}


def concept(system: str, code: str, display: str, text: str = "") -> Resource:
    """A CodeableConcept of one coding, with the display as its text unless another is given."""
    return {"coding": [coding(system, code, display)], "text": text or display}


def status(kind: str, code: str) -> Resource:
    """A CodeableConcept of one of HL7's own status systems, as Synthea writes it."""
    return {"coding": [{"system": HL7 + kind, "code": code}]}


def moment(at: datetime) -> str:
    """A FHIR dateTime in UTC, to the second."""
    return at.isoformat(timespec="seconds")


class Chart:
    """One patient's bundle while it is written: gives ids, references and the entries' envelope.

    Ids depend on the seed, the person's number, and on what the resource is (its `key`), so the same person has the
    same ids whatever else is generated.
    """

    def __init__(self, seed: int, number: int) -> None:
        self._prefix = f"{seed}/{number}/"
        self._entries: list[Resource] = []
        self._counts: dict[str, int] = {}
        self.patient_id = self._id("Patient/1")

    def _id(self, key: str) -> str:
        return str(uuid5(NAMESPACE, self._prefix + key))

    @property
    def patient(self) -> Resource:
        """The reference to the patient."""
        return {"reference": f"urn:uuid:{self.patient_id}"}

    def add(self, kind: str, **fields: Any) -> Resource:
        """Add a resource of a kind; answers the reference to it. Fields that are None, "" or empty are left out."""
        count = self._counts[kind] = self._counts.get(kind, 0) + 1
        key = self._id(f"{kind}/{count}")
        resource = {"resourceType": kind, "id": key}
        resource.update((name, value) for name, value in fields.items() if value not in (None, "", [], {}))
        url = f"urn:uuid:{key}"
        self._entries.append({"fullUrl": url, "resource": resource, "request": {"method": "POST", "url": kind}})
        return {"reference": url}

    def bundle(self) -> Resource:
        """The transaction bundle of all that was added."""
        return {"resourceType": "Bundle", "type": "transaction", "entry": self._entries}

    def encounter(self, at: datetime, minutes: int, kind: tuple[str, str], reason: str) -> Resource:
        """A finished ambulatory encounter; answers its reference."""
        end = at.timestamp() + minutes * 60
        return self.add(
            "Encounter",
            status="finished",
            **{"class": coding(HL7 + "v3-ActCode", "AMB", "ambulatory")},
            type=[concept(SNOMED, *kind)],
            subject=self.patient,
            period={"start": moment(at), "end": moment(datetime.fromtimestamp(end, at.tzinfo))},
            reasonCode=[{"text": reason}],
        )

    def observation(
        self, category: str, code: tuple[str, str], at: datetime, encounter: Resource | None, **value: Any
    ) -> None:
        """A final Observation (LOINC) at a time; `value` holds its value[x], components, ranges."""
        when = moment(at)
        self.add(
            "Observation",
            status="final",
            category=[concept(HL7 + "observation-category", category, category)],
            code=concept(LOINC, *code),
            subject=self.patient,
            encounter=encounter,
            effectiveDateTime=when,
            issued=when,
            **value,
        )

    def condition(
        self, code: tuple[str, str], onset: date, abated: date | None, recorded: date, encounter: Resource | None
    ) -> Resource:
        """A confirmed Condition (ICD-10-CM), active, or resolved where it has an abatement date."""
        return self.add(
            "Condition",
            clinicalStatus=status("condition-clinical", "resolved" if abated else "active"),
            verificationStatus=status("condition-ver-status", "confirmed"),
            category=[
                concept(
                    HL7 + "condition-category",
                    *(
                        ("encounter-diagnosis", "Encounter Diagnosis")
                        if abated
                        else ("problem-list-item", "Problem List Item")
                    ),
                )
            ],
            code=concept(ICD10, *code),
            subject=self.patient,
            encounter=encounter,
            onsetDateTime=onset.isoformat(),
            abatementDateTime=abated.isoformat() if abated else None,
            recordedDate=recorded.isoformat(),
        )


def quantity(value: float, unit: str, code: str) -> Resource:
    """A FHIR Quantity in UCUM."""
    return {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": code}


def extension(url: str, **value: Any) -> Resource:
    """A FHIR extension with one value."""
    return {"url": url, **value}


def us_core_group(name: str, group: tuple[str, str]) -> Resource:
    """The US Core race or ethnicity extension with one OMB category."""
    parts: Sequence[Resource] = [
        extension("ombCategory", valueCoding=coding("urn:oid:2.16.840.1.113883.6.238", *group)),
        extension("text", valueString=group[1]),
    ]
    return {"url": f"http://hl7.org/fhir/us/core/StructureDefinition/us-core-{name}", "extension": parts}
