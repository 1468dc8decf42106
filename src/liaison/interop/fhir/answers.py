"""What a FHIR request is answered with."""

from dataclasses import dataclass, field
from datetime import datetime

import orjson

from liaison.kernel.errors import Forbidden, Invalid, NotFound, Refused

FHIR_JSON = "application/fhir+json; charset=utf-8"


@dataclass(slots=True)
class Answer:
    """Status, body and headers."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


class Unauthorized(Refused):
    status = 401
    issue = "login"


class NotSupported(NotFound):
    issue = "not-supported"


def outcome(refusal: Refused) -> Answer:
    """A refusal as OperationOutcome, with its sentence as diagnostics."""
    issue: dict[str, object] = {"severity": "error", "code": refusal.issue, "diagnostics": refusal.sentence}
    if refusal.field:
        issue["expression"] = [refusal.field]
    body = orjson.dumps({"resourceType": "OperationOutcome", "issue": [issue]})
    headers = {"WWW-Authenticate": 'Bearer realm="Liaison"'} if refusal.status == 401 else {}
    return Answer(refusal.status, body, headers)


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _http_date(at: datetime) -> str:
    """A time of UTC as HTTP writes it (RFC 9110, 5.6.7); strftime would use the words of the system's language."""
    clock = f"{at.hour:02}:{at.minute:02}:{at.second:02}"
    return f"{_DAYS[at.weekday()]}, {at.day:02} {_MONTHS[at.month - 1]} {at.year:04} {clock} GMT"


def resource(body: bytes, version: int | str, at: datetime) -> Answer:
    """A resource as it was written."""
    return Answer(200, body, {"ETag": f'W/"{version}"', "Last-Modified": _http_date(at)})


def bundle(kind: str, total: int | None, links: list[tuple[str, str]], entries: list[bytes]) -> bytes:
    """A Bundle put together from bytes."""
    head: dict[str, object] = {"resourceType": "Bundle", "type": kind}
    if total is not None:
        head["total"] = total
    head["link"] = [{"relation": relation, "url": url} for relation, url in links]
    start = orjson.dumps(head)[:-1]
    return start + (b',"entry":[' + b",".join(entries) + b"]}" if entries else b"}")


def entry(
    base: str, resource_type: str, resource_id: str, body: bytes, tail: bytes = b',"search":{"mode":"match"}'
) -> bytes:
    """An entry of a bundle around a resource's bytes."""
    return b'{"fullUrl":"%s/%s/%s","resource":%s%s}' % (
        base.encode(),
        resource_type.encode(),
        resource_id.encode(),
        body,
        tail,
    )


__all__ = [
    "FHIR_JSON",
    "Answer",
    "Forbidden",
    "Invalid",
    "NotFound",
    "NotSupported",
    "Unauthorized",
    "bundle",
    "entry",
    "outcome",
    "resource",
]
