"""Which room writes which FHIR resource, and what a search may ask. Each room's `fhir.py` registers here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from liaison.record.models import Recorded, Revision

Json = dict[str, Any]


@dataclass(frozen=True)
class SearchParam:
    """A search parameter: its FHIR type and the columns that answer it.

    kind: token, string, date, reference, quantity, uri. `lookups` are Django field paths that are OR-ed. For a
    reference, `target` names the resource types, divided by commas; for a token, `system` is the one that its codes
    always have. `clause` takes the place of the lookups: a function from the value to a `Q`; so does `exact`, for a
    string that is to be found as it is written.
    """

    name: str
    kind: str
    lookups: Sequence[str] = ()
    target: str = ""
    system: str = ""
    clause: Callable[[str], Any] | None = None
    exact: Callable[[str], Any] | None = None
    documentation: str = ""


@dataclass(frozen=True)
class FhirForm:
    """How one model looks in FHIR: `to_fhir(row)` without id and meta, and the parameters its search answers."""

    model: type[Recorded]
    to_fhir: Callable[[Any], Json]
    params: Mapping[str, SearchParam]
    patient_path: str = "patient_id"
    profile: str = ""


@dataclass(frozen=True)
class Computed:
    """A resource answered from what is already stored, with no revision of its own (Slot, AuditEvent, Provenance).

    `read(actor, id)` gives the resource or None; `search(actor, params, offset, count)` gives (total, resources) in the
    `order` that a `_sort` may name. What grows while it is paged through, newest first, tells its `newest` number: it
    comes back as the parameter `_upto`.
    """

    resource_type: str
    read: Callable[[Any, str], Json | None]
    search: Callable[[Any, Sequence[tuple[str, str]], int, int], tuple[int, list[Json]]]
    params: Mapping[str, SearchParam]
    capability: str
    newest: Callable[[], int] | None = None
    order: str = ""


@dataclass
class Registry:
    by_model: dict[type[Recorded], FhirForm] = field(default_factory=dict)
    by_type: dict[str, list[FhirForm]] = field(default_factory=dict)
    computed: dict[str, Computed] = field(default_factory=dict)

    def register(
        self,
        model: type[Recorded],
        to_fhir: Callable[[Any], Json],
        params: Sequence[SearchParam] = (),
        *,
        patient_path: str = "patient_id",
        profile: str = "",
    ) -> None:
        """Say how `model` looks in FHIR. A room calls this once for each of its recorded models."""
        form = FhirForm(model, to_fhir, {p.name: p for p in params}, patient_path, profile)
        self.by_model[model] = form
        self.by_type.setdefault(model.FHIR_TYPE, []).append(form)

    def compute(self, computed: Computed) -> None:
        self.computed[computed.resource_type] = computed


registry = Registry()
register = registry.register


def revision_of(row: Recorded, change_id: UUID) -> Revision:
    """The revision that the row's present state makes: FHIR bytes with id, version and time."""
    form = registry.by_model[type(row)]
    body = form.to_fhir(row)
    meta: Json = {"versionId": str(row.version), "lastUpdated": row.updated_at}
    if form.profile:
        meta["profile"] = [form.profile]
    resource = {"resourceType": row.FHIR_TYPE, "id": str(row.pk), "meta": meta, **told(body)}
    return Revision(
        resource_type=row.FHIR_TYPE,
        resource_id=row.pk,
        version=row.version,
        patient_id=row.audited_patient_id,
        at=row.updated_at,
        change_id=change_id,
        body=orjson.dumps(resource, default=plain_json, option=orjson.OPT_UTC_Z),
    )


def told(body: Json) -> Json:
    """The elements that say something: FHIR has no empty ones."""
    return {k: v for k, v in body.items() if v not in (None, [], {}, "")}


def plain_json(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(type(value).__name__)
