"""The practice's rules of money: its documents in force, or the packaged ones that a clinic starts with.

A packaged document stands in a file of its kind's name: `remittance-rules.json` holds its `key`, `title` and `body`.
"""

import json
from functools import cache
from importlib import resources
from typing import Any

from liaison.documents.models import Document
from liaison.documents.queries import in_force
from liaison.kernel.errors import NotFound

Kind = Document.Kind
Body = dict[str, Any]


@cache
def packaged(kind: str) -> dict[str, Any]:
    """What a clinic starts with: `key`, `title` and `body`."""
    found: dict[str, Any] = json.loads((resources.files(__package__) / f"{kind}.json").read_text("utf-8"))
    return found


def start_documents() -> list[tuple[str, dict[str, Any]]]:
    """The packaged documents, each with its kind."""
    names = sorted(path.name for path in resources.files(__package__).iterdir() if path.name.endswith(".json"))
    return [(name.removesuffix(".json"), packaged(name.removesuffix(".json"))) for name in names]


def rule(kind: str) -> Body:
    """What holds: the body of the edition in force; before there is one, the packaged body."""
    try:
        body: Body = in_force(kind, packaged(kind)["key"]).body
    except NotFound:
        body = packaged(kind)["body"]
    return body
