"""One resource on its way in: what it says it is, the id it will have here, and where its references lead."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any
from uuid import UUID

import orjson

from liaison.kernel.ids import imported_id
from liaison.record.forms import Json

SOURCE = "fhir"  # one name space for all input, so that a file brings the same rows from whichever folder it is read
_TYPE = re.compile(r"[A-Z][A-Za-z]{1,39}")
_NESTED = 5
Urls = Mapping[str, tuple[str, str]]


@lru_cache(maxsize=50_000)
def here(resource_type: str, source_id: str) -> UUID:
    """The id that a resource of another system has here."""
    return imported_id(SOURCE, resource_type, source_id)


@dataclass
class Incoming:
    """A resource as it came. `urls`: its bundle's addresses: full URL to (type, id); `problem` says why it is none."""

    body: Any
    source: str
    raw: bytes | None = None
    urls: Urls = field(default_factory=dict)
    full_url: str = ""
    problem: str = ""

    @cached_property
    def resource(self) -> Json:
        return self.body if isinstance(self.body, dict) else {}

    @cached_property
    def type(self) -> str:
        """Its resource type; empty when it has none that could be one."""
        found = self.resource.get("resourceType")
        return found if isinstance(found, str) and _TYPE.fullmatch(found) else ""

    @cached_property
    def source_id(self) -> str:
        """Its id at its source, else its address in the bundle, else what it says."""
        found = self.resource.get("id")
        if isinstance(found, str) and 0 < len(found) <= 200 and found.isprintable():
            return found
        if self.full_url.startswith("urn:uuid:"):
            return self.full_url.removeprefix("urn:uuid:")
        return self.sha256

    @cached_property
    def id(self) -> UUID:
        return here(self.type, self.source_id)

    @cached_property
    def bytes(self) -> bytes:
        """What is kept of it: its line or file as it came; of a bundle's entry, its JSON."""
        return self.raw if self.raw is not None else dumped(self.body)

    @cached_property
    def storable(self) -> bool:
        """Whether its text and numbers are such as a database holds."""
        try:
            return b"\\u0000" not in orjson.dumps(self.body)
        except (TypeError, ValueError, RecursionError):
            return False

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.bytes).hexdigest()

    @property
    def reference(self) -> str:
        return f"{self.type}/{self.source_id}" if self.type else ""


def dumped(body: object) -> bytes:
    """JSON bytes of anything that was parsed from JSON or made in its likeness."""
    try:
        return orjson.dumps(body)
    except (TypeError, ValueError, RecursionError):
        return _otherwise(body)


def _otherwise(body: object) -> bytes:
    """What orjson refuses (numbers beyond 64 bits, halves of surrogate pairs), in plain ASCII."""
    try:
        return json.dumps(body, default=str, skipkeys=True).encode()
    except (ValueError, RecursionError):
        return repr(type(body)).encode()


def opened(body: Any, source: str, raw: bytes | None = None, depth: int = 0) -> Iterator[Incoming]:
    """The resources of a parsed document: those of a Bundle's entries, or the one resource that it is."""
    if not isinstance(body, dict) or body.get("resourceType") != "Bundle":
        yield Incoming(body, source, raw, problem="" if isinstance(body, dict) else "It is not a FHIR resource.")
        return
    entries = body.get("entry", [])
    if not isinstance(entries, list) or depth > _NESTED or body.get("type") == "history":
        problem = (
            "Bundles of histories are not taken in." if body.get("type") == "history" else "Its entries are no list."
        )
        yield Incoming(body, source, raw, problem=problem)
        return
    urls = _urls(entries)
    for entry in entries:
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if not isinstance(resource, dict):
            yield Incoming(entry, source, problem="The bundle’s entry has no resource.")
        elif resource.get("resourceType") == "Bundle":
            yield from opened(resource, source, depth=depth + 1)
        else:
            url = entry.get("fullUrl")
            yield Incoming(resource, source, urls=urls, full_url=url if isinstance(url, str) else "")


def _urls(entries: list[Any]) -> dict[str, tuple[str, str]]:
    found = {}
    for entry in entries:
        if (
            isinstance(entry, dict)
            and isinstance(entry.get("fullUrl"), str)
            and isinstance(entry.get("resource"), dict)
        ):
            item = Incoming(entry["resource"], "", full_url=entry["fullUrl"])
            if item.type:
                found[entry["fullUrl"]] = (item.type, item.source_id)
    return found
