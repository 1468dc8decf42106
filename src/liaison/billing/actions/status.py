"""Where a claim stands with its payer, asked (276) and answered (277): by a person, or where no answer has come.

The question is kept before it leaves and asked again as the same file. What is answered is kept and noted; it pays
nothing: that does the 835 alone.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

from django.db.models import Q

from liaison.billing import realtime
from liaison.billing.actions import asking
from liaison.billing.actions.claims import locked_claim, locked_claims
from liaison.billing.models import Acknowledgment, Claim, Exchange
from liaison.billing.scrub.rules import follow_up
from liaison.billing.x12 import status as x12
from liaison.engines.x12 import ClaimStatus, X12Error, read_277
from liaison.kernel.errors import Conflict
from liaison.places.models import Organization
from liaison.places.queries import practice as the_practice
from liaison.record.actor import Actor
from liaison.record.change import Change, change

S = Claim.Status
ASKABLE = (S.SENT, S.ACCEPTED)
AT_ONCE = 16  # questions that one round of the worker asks
IN_A_FILE = 1000


def ask_status(actor: Actor, claim_id: UUID) -> Acknowledgment | None:
    """Ask the payer where a claim stands, and wait for its answer (at most twenty seconds).

    None, and a sentence on the claim, where it did not answer. Raises Conflict where there is no line to payers, or
    the claim is not with the payer.
    """
    payer = Claim.objects.filter(pk=claim_id).values_list("payer__code", flat=True).first() or ""
    if not realtime.is_set_up(payer):
        raise Conflict("no-line", "There is no line that answers at once. Ask the office manager, or call the payer.")
    question = _prepare(actor, claim_id)
    return _note(actor, claim_id, question, realtime.ask(asking.on_its_way(question, the_practice())))


def ask_unanswered(actor: Actor, now: datetime) -> int:
    """Ask about claims that no payer has answered for as long as the rules say. Gives how many were asked."""
    waiting = unanswered(now)
    by_file = [claim for claim in waiting if realtime.is_asked_by_file(claim.payer.code)]
    at_once = [claim for claim in waiting if realtime.is_set_up(claim.payer.code)]
    return _ask_by_file(actor, by_file) + _ask_at_once(actor, at_once[:AT_ONCE])


def _ask_at_once(actor: Actor, claims: Sequence[Claim]) -> int:
    practice, asked = the_practice(), []
    for claim in claims:
        try:
            asked.append((claim.pk, _prepare(actor, claim.pk)))
        except Conflict:
            continue
    questions = [asking.on_its_way(question, practice) for _, question in asked]
    for (key, question), reply in zip(asked, realtime.ask_all(questions), strict=True):
        _note(actor, key, question, reply)
    return len(asked)


def _ask_by_file(actor: Actor, claims: Sequence[Claim]) -> int:
    """Put the questions to each payer into files, which go over the line of claims; the answers come as files."""
    asked, by_payer = 0, sorted(claims, key=lambda claim: (str(claim.payer_id), claim.number))
    for _, group in groupby(by_payer, key=lambda claim: claim.payer_id):
        keys = [claim.pk for claim in group]
        for start in range(0, len(keys), IN_A_FILE):
            asked += _question_file(actor, keys[start : start + IN_A_FILE])
    return asked


def _question_file(actor: Actor, keys: Sequence[UUID]) -> int:
    with change(actor, "billing.claim") as this:
        claims = [claim for claim in locked_claims(keys) if claim.status in ASKABLE]
        if not claims:
            return 0
        practice, control = the_practice(), asking.next_control()
        try:
            body = x12.question(claims, practice, this.at, control)
        except X12Error:
            claims = [claim for claim in claims if _is_writable(claim, practice)]
            if not claims:
                return 0
            body = x12.question(claims, practice, this.at, control)
        numbers = [claim.number for claim in claims]
        asking.keep_question(this, "276", claims[0].payer, control, body, claims=numbers, by_file=True)
        for claim in claims:
            claim.asked_at = this.at
        this.save_all(claims, "asked_at")
        return len(claims)


def _is_writable(claim: Claim, practice: Organization) -> bool:
    try:
        x12.question([claim], practice, claim.status_at, 1)
    except X12Error:
        return False
    return True


def unanswered(now: datetime) -> Sequence[Claim]:
    """Claims that a payer has not decided within the days of its rules, longest first."""
    rows = Claim.objects.filter(status__in=ASKABLE, first_sent_at__isnull=False).select_related("payer")
    yesterday = now - timedelta(days=1)
    rows = rows.filter(Q(asked_at=None) | Q(asked_at__lt=yesterday), status_at__lt=yesterday)
    rules = {code: follow_up(code) for code in set(rows.values_list("payer__code", flat=True))}
    found = []
    for claim in rows.order_by("status_at", "pk"):
        days = rules[claim.payer.code]
        if claim.asked_at is not None:
            late = claim.asked_at < now - timedelta(days=days.ask_again_days)
        else:
            late = claim.status_at < now - timedelta(days=days.ask_after_days)
        if late:
            found.append(claim)
    return found


def _prepare(actor: Actor, claim_id: UUID) -> Exchange:
    """Write and keep the question."""
    with change(actor, "billing.claim") as this:
        claim = locked_claim(claim_id)
        if claim.status not in ASKABLE:
            raise Conflict("not-with-payer", f"The claim is {claim.get_status_display()}; there is nothing to ask.")
        control = asking.next_control()
        try:
            body = x12.question([claim], the_practice(), this.at, control)
        except X12Error as gap:
            raise Conflict("unwritable", f"The question cannot be written: {gap.message}")
        question = asking.keep_question(this, "276", claim.payer, control, body, claims=[claim.number])
        claim.asked_at = this.at
        this.save(claim, "asked_at")
        return question


def _note(actor: Actor, claim_id: UUID, question: Exchange, reply: realtime.Reply) -> Acknowledgment | None:
    answers, trouble = asking.answers_in(reply, read_277)
    with change(actor, "billing.claim") as this:
        claim = locked_claim(claim_id)
        ours = next((one for one in answers if claim.number in (one.trace, one.control_number)), None)
        if answers and ours is None:
            trouble = "The payer answered about another claim."
        kept = asking.keep_answer(this, "277", question, reply, trouble)
        if kept is not None and claim.number not in kept.claims:
            kept.claims = [*kept.claims, claim.number]
            this.save(kept, "claims")
        if ours is None or kept is None:
            question.note = trouble
            this.save(question, "note")
            return None
        asking.note_answered(this, question)
        return take_status(this, claim, kept, ours)


def take_status(this: Change, claim: Claim, kept: Exchange, answer: ClaimStatus) -> Acknowledgment:
    """Note what a payer says of a claim. Event billing.claim_lost where it finds none."""
    status = answer.statuses[0] if answer.statuses else None
    made = Acknowledgment(
        claim=claim,
        patient_id=claim.patient_id,
        exchange=kept,
        category=status.category[:3] if status else "",
        code=status.code[:5] if status else "",
        sentence=x12.sentence(answer)[:300],
        payer_claim_number=answer.payer_claim_number[:60],
        at=this.at,
    )
    this.save(made)
    if claim.status in ASKABLE and answer.payer_claim_number and not claim.payer_claim_number:
        claim.payer_claim_number = made.payer_claim_number
        this.save(claim, "payer_claim_number")
    if claim.status in ASKABLE and made.category in x12.UNKNOWN:
        this.event("billing.claim_lost", claim=claim.pk, encounter=claim.encounter_id)
    return made
