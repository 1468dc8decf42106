"""Files from payers: kept unchanged before anything is done, each answer matched to what it answers."""

import hashlib
from collections.abc import Callable, Mapping
from itertools import islice
from uuid import UUID

from liaison.billing.actions.asking import note_answered
from liaison.billing.actions.outgoing import locked_file, refuse_file
from liaison.billing.actions.remittances import hold, never_sent, post_remittance, sent_claims
from liaison.billing.actions.status import take_status
from liaison.billing.codes import rejection
from liaison.billing.models import Acknowledgment, Claim, Delivery, Exchange
from liaison.engines.x12 import (
    ClaimAnswer,
    FileAcknowledgment,
    X12Error,
    read_277,
    read_277ca,
    read_999,
    read_segments,
    read_ta1,
)
from liaison.kernel.errors import Invalid
from liaison.places.models import Organization
from liaison.record.actor import Actor
from liaison.record.change import Change, change

E, S = Exchange.Status, Claim.Status
KINDS = ("999", "TA1", "277CA", "277", "835")
LONGEST = 50_000_000


def take_in(
    actor: Actor, kind: str, name: str, body: bytes, payer: Organization | None = None, *, line: str = ""
) -> Exchange:
    """Keep a file from a payer, unchanged, to be processed; the same file again is the one there is.

    `line` is the line that delivered it under `name`: then whatever came is kept, and what is none of the kinds that
    are read is held for a person. Raises Invalid for another kind, and for an empty or too large file, of a person.
    """
    if line and kind not in KINDS:
        kind = ""
    kind = kind or kind_of(body)
    if not line:
        if kind not in KINDS:
            raise Invalid("unknown-kind", f"Choose what the file is: {', '.join(KINDS)}.", "kind")
        if not 0 < len(body) <= LONGEST:
            raise Invalid("bad-size", "The file is empty or larger than 50 MB.", "file")
    digest = hashlib.sha256(body).hexdigest()
    with change(actor, "billing.post") as this:
        known = Exchange.objects.filter(direction="in", kind=kind, sha256=digest)
        found = known.first()
        if found is None:
            exchange = Exchange(
                direction="in",
                kind=kind,
                payer=payer,
                control_number=_control(body),
                name=name[:120],
                sha256=digest,
                body=body,
                status=E.RECEIVED,
                line=line,
            )
            this.save_new([exchange], keep_existing=True)
            found = known.get()
        again = found.name != name[:120] or found.line != line
        if line:
            delivery = Delivery(exchange=found, line=line, name=name, again=again)
            this.save_new([delivery], keep_existing=True)
        return found


def kind_of(body: bytes) -> str:
    """What a file is, by its first transaction set: 999, TA1, 277CA, 277, 835; empty for anything else."""
    try:
        for segment in islice(read_segments(body), 12):
            if segment.id == "TA1":
                return "TA1"
            if segment.id == "ST":
                of_claims = segment.get(1) == "277" and "X214" in segment.get(3)
                return "277CA" if of_claims else segment.get(1) if segment.get(1) in KINDS else ""
    except X12Error:
        pass
    return ""


def _control(body: bytes) -> str:
    """ISA13, which stands at a fixed place (X12.5); empty where the file does not begin with an ISA."""
    head = body.lstrip()[:106]
    found = head[90:99].decode("latin-1") if head.startswith(b"ISA") else ""
    return found if found.isascii() and found.isprintable() else ""


def process(actor: Actor, exchange_id: UUID) -> Exchange:
    """Do what a file from a payer says. What cannot be matched or read is held for a person (billing.exchange_held).

    A file that was processed already is left alone, so it may be called again at any time.
    """
    kind = Exchange.objects.filter(pk=exchange_id, direction="in").values_list("kind", flat=True).first()
    if kind == "835":
        return post_remittance(actor, exchange_id)
    with change(actor, "billing.post") as this:
        exchange = locked_file(exchange_id)
        if exchange.direction != "in" or exchange.status not in (E.RECEIVED, E.HELD):
            return exchange
        try:
            problems = _READERS.get(kind or "", _unknown)(this, exchange)
        except X12Error as unreadable:
            problems = [f"The file cannot be read: {unreadable.message}"]
        if problems:
            hold(this, exchange, problems)
        else:
            exchange.status, exchange.note = E.POSTED, ""
            this.save(exchange)
        return exchange


def process_received(actor: Actor) -> int:
    """Process every file that was kept and not yet processed, in the order received. Gives how many."""
    waiting = Exchange.objects.filter(direction="in", status=E.RECEIVED).order_by("created_at", "id")
    done = 0
    for exchange_id in list(waiting.values_list("pk", flat=True)):
        process(actor, exchange_id)
        done += 1
    return done


def _unknown(this: Change, exchange: Exchange) -> list[str]:
    if not len(exchange.body):
        return ["The file is empty. Ask the payer to send it again."]
    return [f"The file is none of {', '.join(KINDS)}. Look at it, and ask the payer what it is."]


def _read_999(this: Change, exchange: Exchange) -> list[str]:
    problems = []
    for answer in read_999(bytes(exchange.body), strict=False):
        sent = _sent(answer.group_control)
        if sent is None:
            problems.append(f"The file answers the group {answer.group_control[:9]}, which was never sent from here.")
            continue
        _told(exchange, sent)
        if sent.status not in (E.SENT, E.TO_SEND):
            continue
        if answer.is_accepted:
            sent.status = E.ACCEPTED
            this.save(sent, "status")
        else:
            refuse_file(this, sent, _why(answer))
    return problems


def _read_ta1(this: Change, exchange: Exchange) -> list[str]:
    problems = []
    for answer in read_ta1(bytes(exchange.body)):
        sent = _sent(answer.control)
        if sent is None:
            problems.append(f"The file answers the interchange {answer.control[:9]}, which was never sent from here.")
            continue
        _told(exchange, sent)
        if not answer.is_accepted and sent.status in (E.SENT, E.TO_SEND):
            refuse_file(this, sent, f"The payer refused the file at its envelope (TA1 {answer.code} {answer.note}).")
    return problems


def _sent(control: str) -> Exchange | None:
    if not control.isdigit() or len(control) > 9:
        return None
    return Exchange.objects.select_for_update().filter(direction="out", control_number=f"{int(control):09d}").first()


def _told(answer: Exchange, sent: Exchange) -> None:
    """An answer speaks of the claims of the file that it answers."""
    answer.payer_id = sent.payer_id
    answer.claims = list(dict.fromkeys([*answer.claims, *sent.claims]))


def _why(answer: FileAcknowledgment) -> str:
    faults = [
        f"segment {error.number} ({error.segment}, loop {error.loop or '?'})"
        for each in answer.sets
        for error in each.errors
    ]
    return f"The payer refused the file (999 {answer.code}): {', '.join(faults[:5]) or 'no reason given'}."


def _read_277ca(this: Change, exchange: Exchange) -> list[str]:
    answers = [claim for each in read_277ca(bytes(exchange.body), strict=False) for claim in each.claims]
    claims = sent_claims(answer.control_number for answer in answers)
    problems, told = [], []
    for answer in answers:
        claim = claims.get(answer.control_number)
        if claim is None:
            problems.append(never_sent(answer.control_number))
            continue
        exchange.payer_id = claim.payer_id
        told.append(_acknowledgment(this, exchange, claim, answer))
        if claim.status == S.SENT:
            _take_answer(this, claim, answer)
    exchange.claims = list(dict.fromkeys(claim.number for claim in claims.values()))
    this.save_new(told)
    return problems


def _acknowledgment(this: Change, exchange: Exchange, claim: Claim, answer: ClaimAnswer) -> Acknowledgment:
    status = answer.statuses[0] if answer.statuses else None
    return Acknowledgment(
        claim=claim,
        patient_id=claim.patient_id,
        exchange=exchange,
        category=status.category[:3] if status else "",
        code=status.code[:5] if status else "",
        sentence="Accepted." if answer.is_accepted else _refusal(answer),
        payer_claim_number=answer.payer_claim_number[:60],
        at=this.at,
    )


def _refusal(answer: ClaimAnswer) -> str:
    refusals = [s for s in answer.statuses if s.category not in ("A1", "A2", "A5")]
    return " ".join(dict.fromkeys(rejection(s.category, s.code) for s in refusals))[:300]


def _take_answer(this: Change, claim: Claim, answer: ClaimAnswer) -> None:
    claim.status_at = this.at
    claim.payer_claim_number = answer.payer_claim_number[:60] or claim.payer_claim_number
    if answer.is_accepted:
        claim.status, claim.answer = S.ACCEPTED, ""
    else:
        claim.status, claim.answer = S.REJECTED, _refusal(answer)
        this.event("billing.claim_rejected", claim=claim.pk, encounter=claim.encounter_id)
    this.save(claim, "status", "status_at", "answer", "payer_claim_number")


def _read_277(this: Change, exchange: Exchange) -> list[str]:
    """Answers to questions that went in a file."""
    answers = read_277(bytes(exchange.body), strict=False)
    claims = sent_claims(number for answer in answers for number in (answer.trace, answer.control_number))
    problems = []
    for answer in answers:
        claim = claims.get(answer.trace) or claims.get(answer.control_number)
        if claim is None:
            problems.append(never_sent(answer.control_number or answer.trace))
            continue
        exchange.payer_id = claim.payer_id
        take_status(this, claim, exchange, answer)
    exchange.claims = list(dict.fromkeys(claim.number for claim in claims.values()))
    for control in {answer.reference for answer in answers}:
        if (question := _sent(control)) is not None:
            note_answered(this, question)
    return problems


_READERS: Mapping[str, Callable[[Change, Exchange], list[str]]] = {
    "999": _read_999,
    "TA1": _read_ta1,
    "277CA": _read_277ca,
    "277": _read_277,
}
