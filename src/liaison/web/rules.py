"""The rules in force: what a clinic may change without a programmer, as documents with editions."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from liaison.documents.models import Document
from liaison.documents.queries import all_in_force
from liaison.people.access import page

MOST = 400


@require_GET
@page("visits.read")
def rules(request: HttpRequest) -> HttpResponse:
    """Every document in force, by kind, with its edition and what it says."""
    kinds = [
        {"title": str(kind.label), "documents": [_shown(document) for document in all_in_force(kind.value)]}
        for kind in Document.Kind
    ]
    return render(request, "web/rules.html", {"kinds": [kind for kind in kinds if kind["documents"]]})


def _shown(document: Document) -> dict[str, Any]:
    """A document as the page shows it: `said` in words where its kind is known, `rows` for lists, else its `leaves`."""
    body = document.body
    shown: dict[str, Any] = {"row": document}
    if document.kind == Document.Kind.VISIT_TYPE:
        roles = " and ".join(str(role).replace("-", " ") for role in body.get("roles", []))
        room = f", holds a {body.get('room_kind', '')} room" if body.get("holds_room") else ""
        standing = ", ".join(body.get("diagnoses", ()))
        without = f"; without an examination it is for {standing}" if standing else ""
        shown["said"] = f"{body.get('minutes', '?')} minutes with {roles or 'the staff'}{room}{without}"
        shown["steps"] = [step.get("title", step.get("key", "")) for step in body.get("protocol", [])]
    elif document.kind == Document.Kind.FEE_SCHEDULE:
        fees = sorted(body.get("fees", {}).items())
        shown["said"] = f"{len(fees)} prices"
        shown["rows"] = [(code, fee.get("display", ""), fee.get("cents", 0)) for code, fee in fees]
    elif document.kind == Document.Kind.ORDER_CATALOG:
        orders = body.get("orders", [])
        shown["said"] = f"{len(orders)} orders"
        shown["rows"] = [(o.get("display", ""), _order(o), (o.get("charge") or {}).get("cents")) for o in orders]
    elif document.kind == Document.Kind.CONSENT:
        shown["text"] = body.get("text", "")
    else:
        shown["leaves"] = _leaves(body)[:MOST]
    return shown


def _order(order: dict[str, Any]) -> str:
    return ", ".join(str(part) for part in (order.get("category"), order.get("container")) if part)


def _leaves(body: Any, path: str = "") -> list[tuple[str, str]]:
    """A nested document as lines of a path and a value; a row of plain values is one line."""
    if isinstance(body, dict) and any(isinstance(value, (dict, list)) for value in body.values()):
        return [line for key, value in body.items() for line in _leaves(value, f"{path} · {key}" if path else str(key))]
    if isinstance(body, dict):
        return [(path, ", ".join(f"{key} {value}" for key, value in body.items() if value not in (None, "")))]
    if isinstance(body, list):
        return [line for value in body for line in _leaves(value, path)]
    return [(path, str(body))]
