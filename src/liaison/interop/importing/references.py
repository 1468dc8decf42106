"""Where a reference leads: inside the bundle, by type and id, by identifier, or by `Practitioner?identifier=…`."""

from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import orjson

from liaison.chart.models import Encounter
from liaison.interop.importing.incoming import Incoming, here
from liaison.people.models import Patient, Staff
from liaison.places.models import Organization, Site
from liaison.record.forms import Json
from liaison.record.models import Guarded, Intake

MODELS: dict[str, type[Guarded]] = {
    "Patient": Patient,
    "Encounter": Encounter,
    "Practitioner": Staff,
    "Organization": Organization,
    "Location": Site,
}
NPI = "http://hl7.org/fhir/sid/us-npi"
MRN = "urn:liaison:mrn"
PAYER_CODES = ("urn:liaison:payer", "urn:liaison:payer-id")
# Which column of which model answers an identifier of a system
_COLUMNS: dict[tuple[str, str], tuple[type[Guarded], str]] = {
    ("Practitioner", NPI): (Staff, "npi"),
    ("Organization", NPI): (Organization, "npi"),
    ("Patient", MRN): (Patient, "mrn"),
    **{("Organization", system): (Organization, "code") for system in PAYER_CODES},
}


class References:
    """What an import knows of the rows that references may lead to. A row counts once it is in the database."""

    def __init__(self) -> None:
        self._known: dict[str, set[UUID]] = {name: set() for name in MODELS}
        self._absent: dict[str, set[UUID]] = {name: set() for name in MODELS}
        self._pending: dict[str, set[UUID]] = {name: set() for name in MODELS}
        self._identified: dict[tuple[str, str, str], UUID] = {}
        self._medications: dict[str, Json] = {}

    def expect(self, item: Incoming) -> None:
        """A row is about to be written: references of the same change may lead to it."""
        if item.type in self._pending:
            self._pending[item.type].add(item.id)

    def settle(self, written: bool) -> None:
        """What was expected is in the database now, or was rolled back."""
        for name, ids in self._pending.items():
            if written:
                self._known[name] |= ids
                self._absent[name] -= ids
            ids.clear()

    def present(self, resource_type: str, row_id: UUID) -> None:
        """A row was seen in the database."""
        if resource_type in self._known:
            self._known[resource_type].add(row_id)

    def note(self, item: Incoming) -> None:
        """Remember the identifiers of what others ask for by them, and the names of medications."""
        if item.type == "Medication":
            self._medications[item.source_id] = item.resource.get("code") or {}
        if item.type not in MODELS or item.type == "Encounter":
            return
        for one in _dicts(item.resource.get("identifier")):
            if isinstance(one.get("value"), str):
                self._identified[item.type, str(one.get("system") or ""), one["value"]] = item.id

    def resolve(self, item: Incoming, reference: Json | None, wanted: str) -> UUID | None:
        """The id of the `wanted` kind that a reference of `item` leads to; None when it leads nowhere or elsewhere."""
        if not reference:
            return None
        text = reference.get("reference")
        if isinstance(text, str) and text:
            return self._by_text(item, text, wanted)
        identifier = reference.get("identifier")
        if isinstance(identifier, dict) and isinstance(identifier.get("value"), str):
            return self.identified(wanted, str(identifier.get("system") or ""), identifier["value"])
        return None

    def _by_text(self, item: Incoming, text: str, wanted: str) -> UUID | None:
        named, question, asked = text.partition("?")
        if question:
            for value in parse_qs(asked).get("identifier", []) if named == wanted else []:
                system, _, code = value.rpartition("|")
                if found := self.identified(wanted, system, code):
                    return found
            return None
        target = target_of(item, text, wanted)
        if target is None or target[0] != wanted:
            return None
        row_id = here(*target)
        return row_id if self.exists(wanted, row_id) else None

    def exists(self, resource_type: str, row_id: UUID) -> bool:
        """Whether there is such a row, in the database or about to be."""
        if row_id in self._known[resource_type] or row_id in self._pending[resource_type]:
            return True
        if row_id in self._absent[resource_type]:
            return False
        found = MODELS[resource_type]._base_manager.filter(pk=row_id).exists()
        (self._known if found else self._absent)[resource_type].add(row_id)
        return found

    def identified(self, wanted: str, system: str, value: str) -> UUID | None:
        """The row with an identifier. Synthea's own identifiers are the resources' ids."""
        noted = self._identified.get((wanted, system, value))
        if noted and self.exists(wanted, noted):
            return noted
        if self.exists(wanted, same := here(wanted, value)):
            return same
        if column := _COLUMNS.get((wanted, system)):
            model, name = column
            row: Any = model._base_manager.filter(**{name: value[:60]}).only("pk").first() if value else None
            if row is not None:
                self._identified[wanted, system, value] = row.pk
                return UUID(str(row.pk))
        return None

    def medication(self, item: Incoming) -> Json | None:
        """The name of the Medication that a medicationReference leads to: contained, in this input, or kept before."""
        reference = item.resource.get("medicationReference") or {}
        text = reference.get("reference") or ""
        for one in _dicts(item.resource.get("contained")):
            if text == f"#{one.get('id')}":
                return _dict(one.get("code"))
        target = target_of(item, text, "Medication") if text else None
        if target and target[0] == "Medication":
            if target[1] not in self._medications:
                self._medications[target[1]] = _kept_medication(target[1])
            if found := self._medications[target[1]]:
                return found
        return {"text": reference["display"]} if reference.get("display") else None


def target_of(item: Incoming, text: str, wanted: str) -> tuple[str, str] | None:
    """Type and id that a literal reference names; of a bare `urn:uuid:` the wanted type."""
    if text in item.urls:
        return item.urls[text]
    if text.startswith("urn:"):
        return wanted, text.rpartition(":")[2]
    parts = text.partition("/_history/")[0].split("/")
    return (parts[-2], parts[-1]) if len(parts) >= 2 else None


def _kept_medication(source_id: str) -> Json:
    """The name of a Medication that an earlier import kept."""
    row = Intake.objects.filter(kind="fhir:Medication", reference=f"Medication/{source_id}"[:200]).first()
    try:
        return _dict(orjson.loads(bytes(row.body)).get("code")) if row else {}
    except (orjson.JSONDecodeError, AttributeError):
        return {}


def _dicts(value: object) -> list[Json]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _dict(value: object) -> Json:
    return value if isinstance(value, dict) else {}
