"""The rules that a clinic starts with: visit types, fees, orders, consents and ranges, until it puts its own in force.

Here too is how the sample clinic is told from a practice: by the ids that its organizations have.
"""

import json
from importlib import resources
from typing import Any
from uuid import UUID, uuid5

from liaison.billing.rules import start_documents as money_rules
from liaison.documents import actions as documents
from liaison.documents.models import Document
from liaison.engines.vitals.ranges import default_document
from liaison.immunize.rules import start_documents as vaccine_rules
from liaison.places.models import Organization
from liaison.record.actor import Actor
from liaison.record.change import change

# The organizations of the sample clinic have ids of their own: what holds one of them may be thrown away
SAMPLE_FAMILY = UUID("6d1f7a52-0c0e-4f6b-9d5e-9d0f3a1c7b42")
_SAMPLE = [uuid5(SAMPLE_FAMILY, name) for name in ("practice", "SUNCO", "MEDIB", "STCAI")]
_FILES = (
    ("visit-type", "visit_types"),
    ("fee-schedule", "fee_schedule"),
    ("order-catalog", "order_catalog"),
    ("consent", "consents"),
)


def is_sample() -> bool:
    """Whether the sample clinic is here, set up whole or in part."""
    return Organization.objects.filter(pk__in=_SAMPLE).exists()


def packaged(name: str) -> list[dict[str, Any]]:
    """The documents of a packaged file: `key`, `title` and `body` each."""
    found: list[dict[str, Any]] = json.loads(
        (resources.files(__package__) / "start" / f"{name}.json").read_text("utf-8")
    )
    return found


def start_rules(actor: Actor) -> list[str]:
    """Put in force what a clinic starts with, except where it has an edition of its own. Gives the new ones' titles."""
    there = set(Document.objects.values_list("kind", "key"))
    with change(actor, "documents.publish"):
        return [
            documents.publish(actor, kind=kind, **document).title
            for kind, document in _documents()
            if (kind, document["key"]) not in there
        ]


def _documents() -> list[tuple[str, dict[str, Any]]]:
    title = "Reference ranges of vital signs"
    ranges = ("reference-ranges", {"key": "default", "title": title, "body": default_document()})
    return [
        *((kind, document) for kind, name in _FILES for document in packaged(name)),
        ranges,
        *vaccine_rules(),
        *money_rules(),
    ]
