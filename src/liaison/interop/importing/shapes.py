"""Whether what came in has the shape that FHIR R4 (4.0.1) gives its type.

The shapes are those of fhirclient's models. They are walked here without making its objects: 0.06 ms a resource instead
of 0.2, with the same verdicts on names, types and what must be there.
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from fhirclient.models.domainresource import DomainResource
from fhirclient.models.fhirabstractbase import FHIRAbstractBase
from fhirclient.models.fhirelementfactory import FHIRElementFactory
from fhirclient.models.resource import Resource

from liaison.kernel.errors import Invalid
from liaison.record.forms import Json

_DEEPEST = 40
UNKNOWN = "has an entry that FHIR R4 does not know"
MISSING = "lacks an entry that FHIR R4 asks for"
WRONG = "has a value of a wrong type"


class _Bad(Exception):
    """What is wrong and where; the path grows on the way out."""

    def __init__(self, what: str, *path: str) -> None:
        self.what, self.path = what, list(path)


@dataclass(frozen=True)
class _Shape:
    """An element's entries: name to (type, whether a list); of each group in `required` one must be there."""

    entries: dict[str, tuple[Any, bool]]
    required: tuple[tuple[str, ...], ...]


@cache
def _shape(model: Any) -> _Shape:
    entries: dict[str, tuple[Any, bool]] = {}
    groups: dict[str, list[str]] = {}
    needed: set[str] = set()
    for _, name, kind, is_list, one_of, must in model().elementProperties():
        entries[name] = (_kind(kind), is_list)
        groups.setdefault(one_of or name, []).append(name)
        if must:
            needed.add(one_of or name)
    return _Shape(entries, tuple(tuple(groups[name]) for name in sorted(needed)))


def _kind(kind: type) -> Any:
    """A model to be walked, or the Python types that JSON gives for a primitive (dates and times are strings)."""
    if kind in (bool, int, str):
        return kind
    if kind is float:
        return (float, int)
    return kind if "elementProperties" in dir(kind) else str


@lru_cache(maxsize=500)
def _model(resource_type: str) -> type[FHIRAbstractBase] | None:
    made = type(FHIRElementFactory.instantiate(resource_type, None))
    return made if issubclass(made, Resource) and made not in (Resource, DomainResource) else None


def known(resource_type: str) -> bool:
    """Whether FHIR R4 has such a resource."""
    return _model(resource_type) is not None


def check(resource: Json) -> None:
    """Raises Invalid, with the place but not the content, for a resource that is not FHIR R4."""
    try:
        _resource(resource, 0)
    except _Bad as bad:
        where = ".".join(reversed(bad.path[-6:])) or "it"
        raise Invalid("not-fhir", f"It is not FHIR R4: {where} {bad.what}.")


def _resource(found: Json, depth: int) -> None:
    name = found.get("resourceType")
    model = _model(name) if isinstance(name, str) else None
    if model is None:
        raise _Bad(UNKNOWN, "resourceType")
    _walk(found, model, depth, "resourceType")


def _walk(found: Json, model: Any, depth: int, also: str = "") -> None:
    shape = _shape(model)
    if depth > _DEEPEST:
        raise _Bad(WRONG)
    for name, value in found.items():
        if value is None or name == also:
            continue
        entry = shape.entries.get(name)
        if entry is None:
            if name[:1] == "_" and name[1:] in shape.entries:
                continue
            raise _Bad(UNKNOWN)
        kind, is_list = entry
        try:
            if not is_list:
                _value(value, kind, depth)
            elif isinstance(value, list):
                for one in value:
                    _value(one, kind, depth, in_list=True)
            else:
                raise _Bad(WRONG)
        except _Bad as bad:
            bad.path.append(name)
            raise
    for group in shape.required:
        if all(found.get(name) is None and f"_{name}" not in found for name in group):
            raise _Bad(MISSING)


def _value(value: object, kind: Any, depth: int, *, in_list: bool = False) -> None:
    if isinstance(kind, tuple) or kind in (bool, int, str):
        # A null in a list of primitives stands for one that only its extension tells
        good = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
        if not good and not (in_list and value is None):
            raise _Bad(WRONG)
    elif not isinstance(value, dict):
        raise _Bad(WRONG)
    elif issubclass(kind, Resource):
        _resource(value, depth + 1)
    else:
        _walk(value, kind, depth + 1)
