"""Files to and from payers: kept unchanged before anything is done, each answer matched to what it answers."""

import hashlib
from collections.abc import Callable, Mapping
from uuid import UUID

from liaison.billing.actions.remittances import hold, never_sent, post_remittance, sent_claims
from liaison.billing.codes import rejection
from liaison.billing.models import Claim, Exchange
from liaison.engines.x12 import ClaimAnswer, FileAcknowledgment, X12Error, read_277ca, read_999
from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.places.models import Organization
from liaison.record import rows
from liaison.record.actor import Actor
from liaison.record.change import Change, change

E, S = Exchange.Status, Claim.Status
KINDS = ("999", "277CA", "835")
LONGEST = 50_000_000


def keep_outgoing(this: Change, payer: Organization, control: int, body: bytes, numbers: list[str]) -> Exchange:
    """Keep an 837P to be sent, in the change that marks its claims as sent."""
    exchange = Exchange(
        direction="out",
        kind="837P",
        payer=payer,
        control_number=f"{control:09d}",
        name=f"{payer.code}-{control:09d}.837",
        sha256=hashlib.sha256(body).hexdigest(),
        body=body,
        status=E.TO_SEND,
        claims=numbers,
    )
    this.save(exchange)
    this.event("billing.file_to_send", exchange=exchange.pk)
    return exchange


def _locked(exchange_id: UUID) -> Exchange:
    found = rows.locked(Exchange, exchange_id)
    if found is None:
        raise NotFound("no-file", "There is no such file. Look at the list of files again.")
    return found


def note_sent(actor: Actor, exchange_id: UUID) -> Exchange:
    """Note that the payer has a file. One that it has answered meanwhile stays as it is."""
    with change(actor, "billing.claim") as this:
        exchange = _locked(exchange_id)
        if exchange.status == E.TO_SEND:
            exchange.status, exchange.note = E.SENT, ""
            this.save(exchange, "status", "note")
        return exchange


def note_refused(actor: Actor, exchange_id: UUID, why: str) -> Exchange:
    """Note that the payer refused a whole file; its claims can be sent again. Event billing.exchange_held."""
    with change(actor, "billing.claim") as this:
        exchange = _locked(exchange_id)
        if exchange.status in (E.TO_SEND, E.SENT):
            _refuse(this, exchange, why)
        return exchange


def _refuse(this: Change, exchange: Exchange, why: str) -> None:
    exchange.status, exchange.note = E.REFUSED, why
    this.save(exchange, "status", "note")
    rows = Claim.objects.select_for_update().filter(number__in=exchange.claims, status=S.SENT).order_by("pk")
    for claim in rows:
        claim.status, claim.status_at, claim.answer = (
            S.REJECTED,
            this.at,
            "The payer refused the file that held the claim.",
        )
        this.save(claim, "status", "status_at", "answer")
    this.event("billing.exchange_held", exchange=exchange.pk)


def resend(actor: Actor, exchange_id: UUID) -> list[Claim]:
    """Make the claims of a refused file ready for the next batch. Raises Conflict for another file."""
    with change(actor, "billing.claim") as this:
        exchange = _locked(exchange_id)
        if exchange.status != E.REFUSED:
            raise Conflict("not-refused", "Only a file that the payer refused is sent again.")
        rows = Claim.objects.select_for_update().filter(number__in=exchange.claims, status=S.REJECTED).order_by("pk")
        claims = list(rows)
        for claim in claims:
            claim.status, claim.status_at, claim.answer = S.READY, this.at, ""
            this.save(claim, "status", "status_at", "answer")
        return claims


def take_in(actor: Actor, kind: str, name: str, body: bytes, payer: Organization | None = None) -> Exchange:
    """Keep a file from a payer, unchanged, to be processed; the same file again is the one there is.

    Raises Invalid for another kind than 999, 277CA or 835, and for an empty or too large file.
    """
    if kind not in KINDS:
        raise Invalid("unknown-kind", f"Choose what the file is: {', '.join(KINDS)}.", "kind")
    if not 0 < len(body) <= LONGEST:
        raise Invalid("bad-size", "The file is empty or larger than 50 MB.", "file")
    digest = hashlib.sha256(body).hexdigest()
    with change(actor, "billing.post") as this:
        known = Exchange.objects.filter(direction="in", kind=kind, sha256=digest)
        if (found := known.first()) is not None:
            return found
        exchange = Exchange(
            direction="in",
            kind=kind,
            payer=payer,
            control_number=_control(body),
            name=name[:120],
            sha256=digest,
            body=body,
            status=E.RECEIVED,
        )
        this.save_new([exchange], keep_existing=True)
        return known.get()


def _control(body: bytes) -> str:
    """ISA13, which stands at a fixed place (X12.5); empty where the file does not begin with an ISA."""
    head = body.lstrip()[:106]
    return head[90:99].decode("ascii", "replace") if head.startswith(b"ISA") and len(head) >= 99 else ""


def process(actor: Actor, exchange_id: UUID) -> Exchange:
    """Do what a file from a payer says. What cannot be matched or read is held for a person (billing.exchange_held).

    A file that was processed already is left alone, so it may be called again at any time.
    """
    kind = Exchange.objects.filter(pk=exchange_id, direction="in").values_list("kind", flat=True).first()
    if kind == "835":
        return post_remittance(actor, exchange_id)
    with change(actor, "billing.post") as this:
        exchange = _locked(exchange_id)
        if exchange.direction != "in" or exchange.status not in (E.RECEIVED, E.HELD):
            return exchange
        try:
            problems = _READERS[kind or ""](this, exchange)
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


def _read_999(this: Change, exchange: Exchange) -> list[str]:
    problems = []
    for answer in read_999(bytes(exchange.body), strict=False):
        sent = _answered(answer)
        if sent is None:
            problems.append(f"The file answers the group {answer.group_control[:9]}, which was never sent from here.")
            continue
        exchange.payer_id = sent.payer_id
        if sent.status not in (E.SENT, E.TO_SEND):
            continue
        if answer.is_accepted:
            sent.status = E.ACCEPTED
            this.save(sent, "status")
        else:
            _refuse(this, sent, _why(answer))
    return problems


def _answered(answer: FileAcknowledgment) -> Exchange | None:
    if not answer.group_control.isdigit():
        return None
    control = f"{int(answer.group_control):09d}"
    return Exchange.objects.select_for_update().filter(direction="out", control_number=control).first()


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
    problems = []
    for answer in answers:
        claim = claims.get(answer.control_number)
        if claim is None:
            problems.append(never_sent(answer.control_number))
            continue
        exchange.payer_id = claim.payer_id
        if claim.status == S.SENT:
            _take_answer(this, claim, answer)
    return problems


def _take_answer(this: Change, claim: Claim, answer: ClaimAnswer) -> None:
    claim.status_at = this.at
    claim.payer_claim_number = answer.payer_claim_number[:60] or claim.payer_claim_number
    if answer.is_accepted:
        claim.status, claim.answer = S.ACCEPTED, ""
    else:
        refusals = [s for s in answer.statuses if s.category not in ("A1", "A2", "A5")]
        claim.status = S.REJECTED
        claim.answer = " ".join(dict.fromkeys(rejection(s.category, s.code) for s in refusals))[:300]
        this.event("billing.claim_rejected", claim=claim.pk, encounter=claim.encounter_id)
    this.save(claim, "status", "status_at", "answer", "payer_claim_number")


_READERS: Mapping[str, Callable[[Change, Exchange], list[str]]] = {"999": _read_999, "277CA": _read_277ca}
