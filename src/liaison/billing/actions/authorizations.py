"""Authorizations and referrals: typed in, asked for by 278, decided. (What visits use of them: `authorized_uses`.)"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from liaison.billing import realtime
from liaison.billing.actions import asking, eligibility
from liaison.billing.actions.authorized_uses import locked_authorization, tell, warn
from liaison.billing.models import Authorization
from liaison.billing.x12 import reviews
from liaison.engines.x12 import Decision, ReviewAnswer, X12Error, read_278_answer
from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.people.models import Coverage
from liaison.places.queries import practice as the_practice
from liaison.record.actor import Actor
from liaison.record.change import Change, change
from liaison.record.columns import check, tidy
from liaison.record.numbers import next_number

S = Authorization.Status
LIVE = (S.REQUESTED, S.PENDED, S.CERTIFIED)
TRIED = timedelta(minutes=10)
GIVEN_UP = timedelta(hours=12)
_MENDABLE = frozenset({"number", "service", "codes", "quantity", "starts", "ends", "referred_by", "note"})


def note_authorization(actor: Actor, coverage_id: UUID, **facts: Any) -> Authorization:
    """Write down an authorization or referral that the payer or another practice gave.

    `facts` are columns of Authorization: kind, service, starts and number; codes, quantity, counted, ends,
    provider_id, referred_by. Raises Invalid, NotFound.
    """
    with change(actor, "billing.coverage") as this:
        row = _new(this, coverage_id, facts)
        if not row.number:
            raise Invalid("no-number", "Type the number that the payer gave.", "number")
        row.status = S.CERTIFIED
        this.save(row)
        _decided(this, row)
        return row


def _new(this: Change, coverage_id: UUID, facts: dict[str, Any]) -> Authorization:
    coverage = Coverage.objects.select_related("payer", "patient").filter(pk=coverage_id, active=True).first()
    if coverage is None:
        raise NotFound("no-coverage", "This coverage has ended. Choose another.", "coverage")
    row = Authorization(
        coverage=coverage, patient=coverage.patient, status=S.REQUESTED, noted_by=this.actor.name[:120], **facts
    )
    _check(row)
    return row


def _check(row: Authorization) -> None:
    row.number, row.service = tidy(row.number), tidy(row.service)
    row.codes = list(dict.fromkeys(code.strip().upper() for code in row.codes if code.strip()))
    row.diagnoses = list(dict.fromkeys(code.strip().upper() for code in row.diagnoses if code.strip()))
    if not row.service:
        raise Invalid("no-service", "Say in a few words what it is for.", "service")
    if any(not (4 <= len(code) <= 7 and code.isascii() and code.isalnum()) for code in row.codes):
        raise Invalid("bad-code", "Type CPT or HCPCS codes with spaces between them, like 97110 97140.", "codes")
    if row.quantity is not None and not 0 < row.quantity < 10_000:
        raise Invalid("bad-quantity", "Type how many, from 1; leave it empty where there is no limit.", "quantity")
    if row.quantity is not None and row.quantity < row.used:
        raise Invalid("bad-quantity", f"{row.used} are used already.", "quantity")
    if row.ends and row.ends < row.starts:
        raise Invalid("bad-period", "It ends on or after the day it starts.", "ends")
    check(row, ("kind", "number", "service", "counted", "referred_by", "note"))


def request_authorization(actor: Actor, coverage_id: UUID, **facts: Any) -> Authorization:
    """Ask the payer for an authorization or referral (278) and wait for its answer, at most twenty seconds.

    Raises Conflict where the payer cannot be asked, Invalid for what cannot be asked so.
    """
    if not realtime.is_set_up():
        raise Conflict("no-line", "There is no line to payers yet. Call the payer, and type in what it gives.")
    with change(actor, "billing.coverage") as this:
        row = _new(this, coverage_id, facts | {"number": ""})
        if not eligibility.can_be_asked(row.coverage):
            raise Conflict("cannot-ask", "This payer cannot be asked from here. Call it, and type in what it gives.")
        if not row.diagnoses and row.kind == Authorization.Kind.AUTHORIZATION:
            raise Invalid("no-diagnosis", "Payers decide by the diagnosis. Add its ICD-10-CM code.", "diagnoses")
        row.trace = f"A{next_number('review'):09d}"
        this.save(row)
    return ask_review(actor, row.pk)


def ask_review(actor: Actor, authorization_id: UUID) -> Authorization:
    """Ask about one request now, or again, and note the answer."""
    question = _prepare(actor, authorization_id)
    if question is None:
        return Authorization.objects.get(pk=authorization_id)
    return note_review_reply(actor, authorization_id, realtime.ask(question))


def ask_waiting(actor: Actor, now: datetime) -> int:
    """Ask again about requests to which no answer came; after twelve hours a person is told. Gives how many."""
    waiting = Authorization.objects.filter(status=S.REQUESTED, trace__isnull=False, updated_at__lte=now - TRIED)
    keys = list(waiting.order_by("created_at").values_list("pk", flat=True)[: eligibility.AT_ONCE])
    for key in keys:
        ask_review(actor, key)
    return len(keys)


def _prepare(actor: Actor, authorization_id: UUID) -> realtime.Question | None:
    practice = the_practice()
    with change(actor, "billing.coverage") as this:
        row = locked_authorization(authorization_id)
        if row.status != S.REQUESTED or not row.trace:
            return None
        if row.question is None:
            control = asking.next_control()
            try:
                body = reviews.request(row, practice, this.at, control)
            except X12Error as gap:
                _fail(this, row, f"The request cannot be written: {gap.message}")
                return None
            row.question = asking.keep_question(this, "278", row.coverage.payer, control, body)
        this.save(row)
        return asking.on_its_way(row.question, practice)


def _fail(this: Change, row: Authorization, words: str) -> None:
    row.status, row.note = S.FAILED, words[:300]
    this.save(row)
    _decided(this, row)


def note_review_reply(actor: Actor, authorization_id: UUID, reply: realtime.Reply) -> Authorization:
    """Note what a payer decided, or that it did not answer. Whatever came is kept; a second answer changes nothing."""
    answers, trouble = asking.answers_in(reply, read_278_answer)
    with change(actor, "billing.coverage") as this:
        row = locked_authorization(authorization_id)
        assert row.question is not None
        ours = next((one for one in answers if row.trace in (one.trace, *one.traces, one.reference)), None)
        if answers and ours is None:
            trouble = "The payer answered another request than ours."
        kept = asking.keep_answer(this, "278", row.question, reply, trouble)
        if row.status != S.REQUESTED:
            return row
        row.answer = kept
        if ours is not None:
            asking.note_answered(this, row.question)
            _take(this, row, ours)
        elif reply.later and this.at - row.created_at < GIVEN_UP:
            row.note = f"{trouble} It is asked again by itself."
            this.save(row)
        else:
            _fail(this, row, f"{trouble} Ask again, or call {row.coverage.payer.name}.")
        return row


def _take(this: Change, row: Authorization, answer: ReviewAnswer) -> None:
    payer = row.coverage.payer
    decision = next(iter(answer.decisions), None)
    if decision is None:
        why = answer.rejections[0] if answer.rejections else None
        words = asking.sentence(payer, why.says, why.advice) if why else f"{payer.name} gives no decision."
        _fail(this, row, words)
        return
    row.note, row.payer_reference = decision.says[:300], answer.payer_reference[:60]
    row.number = decision.number[:50] or row.number
    if decision.is_certified:
        _certify(row, decision)
    elif decision.is_pended:
        row.status = S.PENDED
    elif decision.action == "NA":
        row.status, row.note = S.CANCELLED, f"{payer.name} says that none is needed."
    else:
        row.status = S.DENIED
    this.save(row)
    _decided(this, row)


def _certify(row: Authorization, decision: Decision) -> None:
    """What was granted, which may be less than was asked for."""
    row.status = S.CERTIFIED
    row.starts, row.ends = decision.begin or row.starts, decision.end or row.ends
    if decision.quantity is not None and 0 < int(decision.quantity) < 10_000:
        row.quantity = max(int(decision.quantity), row.used)
    if not row.number:
        row.note = f"{row.note}, without a number"[:300]


def _decided(this: Change, row: Authorization) -> None:
    this.event(
        "billing.authorization_decided",
        authorization=row.pk,
        coverage=row.coverage_id,
        patient=row.patient_id,
        status=row.status,
    )
    if row.status != S.CERTIFIED:
        return
    # What ran out has its successor
    before = Authorization.objects.filter(coverage_id=row.coverage_id, kind=row.kind).exclude(pk=row.pk)
    for old in before.exclude(low_told="").select_for_update():
        tell(this, old, "")


def decide(actor: Actor, authorization_id: UUID, *, status: str, **fields: Any) -> Authorization:
    """Write down what the payer decided by telephone or letter, or correct what is on file.

    `status` is certified, pended, denied or cancelled. Raises Invalid, Conflict for what is used more than is granted.
    """
    if unknown := fields.keys() - _MENDABLE:
        raise TypeError(f"Nobody decides {', '.join(sorted(unknown))} of an authorization.")
    if status not in (S.CERTIFIED, S.PENDED, S.DENIED, S.CANCELLED):
        raise Invalid("no-status", "Choose what the payer decided.", "status")
    with change(actor, "billing.coverage") as this:
        row = locked_authorization(authorization_id)
        for name, value in fields.items():
            setattr(row, name, value)
        _check(row)
        if status == S.CERTIFIED and not row.number:
            raise Invalid("no-number", "Type the number that the payer gave.", "number")
        row.status = S(status)
        if row.status == S.CERTIFIED and row.left == 0:
            row.status = S.USED_UP
        this.save(row)
        _decided(this, row)
        warn(this, row, this.at.date())
        return row
