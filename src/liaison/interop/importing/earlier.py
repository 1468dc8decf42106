"""A resource that is here already and says something else now: whose word holds?"""

import copy
from typing import Any

import orjson

from liaison.record.forms import Json, plain_json, registry
from liaison.record.models import AuditEntry, Recorded, Revision

CAPABILITY = "interop.import"


def changes(row: Recorded, columns: dict[str, Any]) -> dict[str, Any]:
    """What the input says otherwise than the row. A reference that leads nowhere today takes nothing away."""
    return {
        name: value
        for name, value in columns.items()
        if getattr(row, name) != value and not (value is None and name.endswith("_id"))
    }


def said_before(row: Recorded, changed: dict[str, Any]) -> bool | None:
    """Whether the input says what it said when it was last taken in; None when the row is as the import left it.

    None: nobody here has touched the row, so the input's new word holds. True: it was changed here, and the input has
    nothing new. False: it was changed here and at its source, and a person must look.
    """
    revisions = list(Revision.objects.filter(resource_type=row.FHIR_TYPE, resource_id=row.pk).order_by("-version"))
    imports = set(
        AuditEntry.objects.filter(at__in=[r.at for r in revisions], action=CAPABILITY, write=True).values_list(
            "change_id", flat=True
        )
    )
    base = next((r for r in revisions if r.change_id in imports), None)
    if base is None:
        return False
    if base.version == row.version:
        return None
    taken = orjson.loads(bytes(base.body))
    as_input = copy.copy(row)
    for name, value in changed.items():
        setattr(as_input, name, value)
    mine, theirs = _json(row), _json(as_input)
    return all(
        taken.get(key) == theirs.get(key) for key in mine.keys() | theirs.keys() if mine.get(key) != theirs.get(key)
    )


def _json(row: Recorded) -> Json:
    body = registry.by_model[type(row)].to_fhir(row)
    kept = {k: v for k, v in body.items() if v not in (None, [], {}, "")}
    found: Json = orjson.loads(orjson.dumps(kept, default=plain_json, option=orjson.OPT_UTC_Z))
    return found
