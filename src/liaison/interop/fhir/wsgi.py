"""The FHIR face as a WSGI application of its own: it needs none of what pages need (session, forms, templates)."""

import logging
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from django.core.signals import request_finished, request_started
from django.db import DatabaseError

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
    request_started.send(sender=application, environ=environ)
    try:
        answer = respond(environ)
        reason = HTTPStatus(answer.status).phrase
        headers = {
            "Content-Type": FHIR_JSON, "Content-Length": str(len(answer.body)), "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
        } | answer.headers  # fmt: skip
        start_response(f"{answer.status} {reason}", list(headers.items()))
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else answer.body]
    finally:
        request_finished.send(sender=application)


def respond(environ: Environ) -> Answer:
    """The answer to a request; a refusal as OperationOutcome."""
    try:
        return _respond(environ)
    except Refused as refusal:
        return outcome(refusal)
    except DatabaseError:
        log.exception("The FHIR face could not reach the database")
        return outcome(
            Unavailable(
                "unavailable", "The record cannot be reached at the moment. Nothing was lost; ask again shortly."
            )
        )


def _respond(environ: Environ) -> Answer:
    method = environ["REQUEST_METHOD"]
    # WSGI gives paths as Latin-1; what is no UTF-8 names nothing here
    path = environ["PATH_INFO"].encode("latin-1", "replace").decode("utf-8", "replace").strip("/").split("/")[1:]
    base = f"{environ['wsgi.url_scheme']}://{environ.get('HTTP_HOST', 'localhost')}/fhir"
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
            return read.history(actor, kind, identifier, base, page.count or 1, page.offset)
        case [kind, identifier, "_history", version]:
            return read.vread(actor, kind, identifier, version)
    raise NotFound("unknown-address", "There is nothing at this address. See /fhir/metadata for what is answered.")


def _actor(environ: Environ) -> Actor:
    scheme, _, bearer = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    actor = clients.actor_of(bearer.strip(), environ.get("REMOTE_ADDR", "")) if scheme.lower() == "bearer" else None
    if actor is None:
        raise Unauthorized("no-token", "Send a valid bearer token. Make one with: liaison client token NAME")
    return actor


def _query(environ: Environ) -> list[tuple[str, str]]:
    return _pairs(environ.get("QUERY_STRING", ""))


def _form(environ: Environ) -> list[tuple[str, str]]:
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > _LIMIT:
        raise Invalid("too-long", "The form of a search is at most one megabyte long.")
    return _pairs(environ["wsgi.input"].read(int(length)).decode("utf-8", "replace"))


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=100)
    except ValueError:
        raise Invalid("too-many", "A search has at most 100 parameters.") from None


def _unless_same(environ: Environ, answer: Answer) -> Answer:
    if answer.headers.get("ETag") and environ.get("HTTP_IF_NONE_MATCH") == answer.headers["ETag"]:
        return Answer(304, b"", answer.headers)
    return answer
