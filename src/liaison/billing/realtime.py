"""The line to payers that answer at once: eligibility (270), claim status (276), authorizations (278).

A question goes out under the number of its own file and is the same bytes when it is asked again, so that a payer may
answer it twice and nothing is doubled here. Nothing of a patient stands in addresses or in the log.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Question:
    """A kept 270, 276 or 278 on its way; `id` is a UUID, and the same when it is asked again."""

    kind: str
    id: str
    sender: str
    receiver: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of a question: the X12 that came back, or a sentence why none did.

    `later` says that the same question may be answered another time: the payer was not there.
    """

    body: bytes = b""
    sorry: str = ""
    later: bool = False


def is_set_up() -> bool:
    """Whether there is a payer or clearing house that answers at once."""
    return bool(settings.REALTIME_URL)


def ask(question: Question) -> Reply:
    """Ask one question and wait for its answer, no longer than twenty seconds."""
    return ask_all([question])[0]


def ask_all(questions: Sequence[Question]) -> list[Reply]:
    """Ask many, eight at a time; their replies in order."""
    # Here, for the HTTP client is slow to import, and most commands do without
    from liaison.billing.exchange.at_once import ask_over

    return ask_over(settings.REALTIME_URL, questions) if questions else []
