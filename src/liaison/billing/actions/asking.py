"""What questions to payers share, whatever they ask: files kept unchanged before and after, and when to try again."""

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TypeVar

from liaison.billing.models import Exchange
from liaison.billing.realtime import Question, Reply
from liaison.engines.x12 import X12Error
from liaison.places.models import Organization
from liaison.record.change import Change
from liaison.record.numbers import next_number

A = TypeVar("A")
# How long after each try without an answer the next one is made
WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=20), timedelta(hours=1))
MOST_TRIES = len(WAITS) + 1


def next_control() -> int:
    """The control number of a file to a payer."""
    return next_number("interchange")


def keep_question(
    this: Change,
    kind: str,
    payer: Organization,
    control: int,
    body: bytes,
    *,
    claims: Iterable[str] = (),
    by_file: bool = False,
) -> Exchange:
    """Keep a question before it leaves; asked again, the same bytes leave.

    `claims` are the numbers of those that it asks about; `by_file`: it leaves over the line of claims.
    """
    exchange = Exchange(
        direction="out",
        kind=kind,
        payer=payer,
        control_number=f"{control:09d}",
        name=f"{payer.code}-{control:09d}.{kind}",
        sha256=hashlib.sha256(body).hexdigest(),
        body=body,
        claims=list(claims),
        status=Exchange.Status.TO_SEND if by_file else Exchange.Status.SENT,
    )
    return this.save(exchange)


def on_its_way(exchange: Exchange, practice: Organization) -> Question:
    """A kept question as the line to payers takes it."""
    assert exchange.payer is not None
    return Question(
        kind=exchange.kind,
        id=str(exchange.pk),
        sender=practice.npi or practice.tax_id,
        receiver=exchange.payer.code,
        body=bytes(exchange.body),
    )


def keep_answer(this: Change, kind: str, question: Exchange, reply: Reply, trouble: str = "") -> Exchange | None:
    """Keep what came back as it came; the same file again is the one there is. None where nothing came."""
    if not reply.body:
        return None
    digest = hashlib.sha256(reply.body).hexdigest()
    exchange = Exchange(
        direction="in",
        kind=kind,
        payer=question.payer,
        control_number=question.control_number,
        name=f"answer to {question.name}"[:120],
        sha256=digest,
        body=reply.body,
        status=Exchange.Status.HELD if trouble else Exchange.Status.POSTED,
        note=trouble,
    )
    this.save_new([exchange], keep_existing=True)
    return Exchange.objects.get(direction="in", kind=kind, sha256=digest)


def answers_in(reply: Reply, read: Callable[..., list[A]]) -> tuple[list[A], str]:
    """The documents that came back, as the engine reads them; else a sentence why there are none."""
    if reply.sorry:
        return [], reply.sorry
    try:
        answers = read(reply.body, strict=False)
    except X12Error as unreadable:
        return [], f"The payer’s answer cannot be read: {unreadable.message}"
    return answers, "" if answers else "The payer’s answer is empty."


def note_answered(this: Change, question: Exchange) -> None:
    """The payer has the question: its answer is here."""
    if question.status == Exchange.Status.SENT:
        question.status = Exchange.Status.ACCEPTED
        this.save(question, "status")


def next_try(at: datetime, attempts: int) -> datetime:
    """When to ask again after so many tries."""
    return at + WAITS[min(attempts, len(WAITS)) - 1]


def sentence(payer: Organization, words: str, advice: str = "") -> str:
    """`Sunrise Health Plan: the payer does not find the patient. Correct it and ask again.`"""
    said = f"{payer.name}: {words}."
    return f"{said} {advice[:1].upper()}{advice[1:]}." if advice else said
