"""The line to payers that answer at once: eligibility (270), claim status (276), authorizations (278).

A question goes out under the number of its own file and is the same bytes when it is asked again, so that a payer may
answer it twice and nothing is doubled here. Nothing of a patient stands in addresses or in the log.

LIAISON_REALTIME_URL names the line (see `billing.addresses`): one for all payers, or each its own. A payer of which it
says `batch` answers no question at once: its claims' status is asked in files over the line of claims.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from liaison.billing.addresses import addresses
from liaison.kernel.errors import Invalid

BY_FILE = "batch"


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


def is_set_up(payer: str = "") -> bool:
    """Whether there is a payer or clearing house that answers at once; of a payer's ID, whether that one does."""
    found = addresses(settings.REALTIME_URL)
    return any(one.where != BY_FILE and (not payer or one.takes(payer)) for one in found)


def is_asked_by_file(payer: str) -> bool:
    """Whether a payer answers questions in files alone."""
    return any(one.where == BY_FILE and one.takes(payer) for one in addresses(settings.REALTIME_URL))


def _where(payer: str) -> str:
    """The address of the line to a payer; empty where it answers nothing at once. Raises Invalid for what is none."""
    found = next((one.where for one in addresses(settings.REALTIME_URL) if one.takes(payer)), "")
    if found and found != BY_FILE and urlsplit(found).scheme not in ("http", "https"):
        raise Invalid("bad-line", "LIAISON_REALTIME_URL: an address begins with https:// (or http://), or is “batch”.")
    return "" if found == BY_FILE else found


def ask(question: Question) -> Reply:
    """Ask one question and wait for its answer, no longer than twenty seconds."""
    return ask_all([question])[0]


def ask_all(questions: Sequence[Question]) -> list[Reply]:
    """Ask many, eight at a time of each line; their replies in order."""
    # Here, for the HTTP client is slow to import, and most commands do without
    from liaison.billing.exchange.at_once import ask_over

    replies = [Reply(sorry="This payer answers no question at once. Call it.")] * len(questions)
    by_line: dict[str, list[int]] = {}
    for number, question in enumerate(questions):
        by_line.setdefault(_where(question.receiver), []).append(number)
    for address, numbers in by_line.items():
        if address:
            answered = ask_over(address, [questions[number] for number in numbers])
            for number, reply in zip(numbers, answered, strict=True):
                replies[number] = reply
    return replies
