"""What claims to a payer are checked by: the practice's document, and over it one whose key is the payer's ID."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.utils.text import slugify

from liaison.billing.rules import Kind, packaged
from liaison.documents.models import Document
from liaison.documents.queries import all_in_force, document
from liaison.engines.scrubber import Rules, compile_rules

DEFAULT = "default"


def rules_for(payer_code: str) -> Rules:
    """The rules for claims to a payer; the packaged ones where the practice has none in force. One query."""
    own, payers = _documents(payer_code)
    return _compiled(own.pk if own else None, payers.pk if payers else None)


def key_of(payer_code: str) -> str:
    """The key of the document that is for one payer alone."""
    return slugify(payer_code)


def _documents(payer_code: str) -> tuple[Document | None, Document | None]:
    found = {one.key: one for one in all_in_force(Kind.CLAIM_RULES)}
    return found.get(DEFAULT), found.get(key_of(payer_code))


@lru_cache(maxsize=200)
def _compiled(own: UUID | None, payers: UUID | None) -> Rules:
    bodies = [document(own).body if own else packaged(Kind.CLAIM_RULES)["body"]]
    return compile_rules(*bodies, *([document(payers).body] if payers else []))


@dataclass(frozen=True, slots=True)
class FollowUp:
    """After how many days without an answer a claim's status is asked, and how many days later again."""

    ask_after_days: int
    ask_again_days: int


def follow_up(payer_code: str) -> FollowUp:
    """When the payer is asked about claims that it has not answered."""
    body: dict[str, Any] = packaged(Kind.CLAIM_RULES)["body"]
    for found in filter(None, _documents(payer_code)):
        body = body | found.body
    return FollowUp(int(body["ask_after_days"]), int(body["ask_again_days"]))
