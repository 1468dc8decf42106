"""The FHIR face as a WSGI application of its own: it needs none of what pages need (session, forms, templates)."""

import logging
from collections.abc import Callable, Iterable
from functools import lru_cache
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.db import DatabaseError, connection
from django.http.request import split_domain_port, validate_host

from liaison.interop import clients
from liaison.interop.fhir import capability, read, search
from liaison.interop.fhir.answers import FHIR_JSON, Answer, NotFound, Unauthorized, outcome
from liaison.kernel.errors import Invalid, Refused
from liaison.record.actor import Actor

log = logging.getLogger(__name__)
Environ = dict[str, Any]
_LIMIT = 1_000_000


class Unavailable(Refused):
    status = 503
    issue = "transient"


class MethodNotAllowed(Refused):
    status = 405
    issue = "not-supported"


def application(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer one request under /fhir."""
    try:
        answer = respond(environ)
    finally:
        # What Django's request_finished would do; a connection that failed or is pooled does not stay with the thread
        connection.close_if_unusable_or_obsolete()
    headers = [("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"), *answer.headers.items()]
    if answer.status != HTTPStatus.NOT_MODIFIED:
        headers += [("Content-Type", FHIR_JSON), ("Content-Length", str(len(answer.body)))]
    start_response(_STATUS[answer.status], headers)
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else answer.body]


_STATUS = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}


def respond(environ: Environ) -> Answer:
    """The answer to a request; a refusal as OperationOutcome."""
    try:
        return _respond(environ)
    except Refused as refusal:
        return outcome(refusal)
    except DatabaseError as error:
        log.error("The FHIR face could not use the database: %s", type(error).__name__)  # its text may hold values
        return outcome(
            Unavailable(
                "unavailable", "The record cannot be reached at the moment. Nothing was lost; ask again shortly."
            )
        )


def _respond(environ: Environ) -> Answer:
    method = environ["REQUEST_METHOD"]
    # WSGI gives paths as Latin-1; what is no UTF-8 names nothing here
    path = environ["PATH_INFO"].encode("latin-1", "replace").decode("utf-8", "replace").strip("/").split("/")[1:]
    base = _base(environ)
    if path == ["metadata"] and method in ("GET", "HEAD"):
        return Answer(200, capability.statement(base))
    actor = _actor(environ)
    if method == "POST" and len(path) == 2 and path[1] == "_search":
        return search.search(actor, path[0], [*_query(environ), *_form(environ)], base)
    if method not in ("GET", "HEAD"):
        raise MethodNotAllowed("read-only", "This interface reads. Changes are made in Liaison itself.")
    query = _query(environ)
    match path:
        case [kind]:
            return search.search(actor, kind, query, base)
        case [kind, identifier]:
            return _unless_same(environ, read.read(actor, kind, identifier))
        case [kind, identifier, "_history"]:
            page = search.page_of(query)
            if page.filters or page.sort:
                raise Invalid("unknown-parameter", "A history is asked with _count and _offset only.")
            return read.history(actor, kind, identifier, base, page.count or 1, page.offset)
        case [kind, identifier, "_history", version]:
            return read.vread(actor, kind, identifier, version)
    raise NotFound("unknown-address", "There is nothing at this address. See /fhir/metadata for what is answered.")


def _base(environ: Environ) -> str:
    return _address(environ["wsgi.url_scheme"], environ.get("HTTP_HOST") or "localhost")


@lru_cache(maxsize=64)
def _address(scheme: str, host: str) -> str:
    """The address of the FHIR face as the client sees it. Raises Invalid for a host that is not ours."""
    name, _ = split_domain_port(host)
    if not (name and validate_host(name, settings.ALLOWED_HOSTS)):
        raise Invalid("unknown-host", "This is no address of this Liaison. Add it to LIAISON_HOSTS if it should be.")
    return f"{'https' if settings.SECURE else scheme}://{host}/fhir"


def _actor(environ: Environ) -> Actor:
    scheme, _, bearer = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    actor = clients.actor_of(bearer.strip(), environ.get("REMOTE_ADDR", "")) if scheme.lower() == "bearer" else None
    if actor is None:
        raise Unauthorized("no-token", "Send a valid bearer token. Make one with: liaison client token NAME")
    return actor


def _query(environ: Environ) -> list[tuple[str, str]]:
    return _pairs(environ.get("QUERY_STRING", ""))


def _form(environ: Environ) -> list[tuple[str, str]]:
    if environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() not in (
        "",
        "application/x-www-form-urlencoded",
    ):
        raise Invalid("bad-form", "Send the parameters of a search as application/x-www-form-urlencoded.")
    length = environ.get("CONTENT_LENGTH") or ""
    if length and not (length.isascii() and length.isdigit() and int(length) <= _LIMIT):
        raise Invalid("too-long", "The form of a search is at most one megabyte long.")
    # Without a length (a chunked form) the server has put the form together
    text = environ["wsgi.input"].read(int(length) if length else _LIMIT + 1)
    if len(text) > _LIMIT:
        raise Invalid("too-long", "The form of a search is at most one megabyte long.")
    return _pairs(text.decode("utf-8", "replace"))


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=100)
    except ValueError:
        raise Invalid("too-many", "A search has at most 100 parameters.") from None


def _unless_same(environ: Environ, answer: Answer) -> Answer:
    asked = environ.get("HTTP_IF_NONE_MATCH")
    tag = answer.headers.get("ETag")
    if not (asked and tag):
        return answer
    same = asked.strip() == "*" or tag.removeprefix("W/") in (
        one.strip().removeprefix("W/") for one in asked.split(",")
    )
    return Answer(304, b"", answer.headers) if same else answer
