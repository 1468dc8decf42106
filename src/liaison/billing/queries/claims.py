"""What may be asked about claims: where they stand, what payers said, which files carried them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from liaison.billing import codes, ledger
from liaison.billing.models import Account, Adjudication, Claim, Exchange, Letter, Transfer
from liaison.billing.queries.account import flows_of
from liaison.kernel.errors import NotFound
from liaison.people.queries import may_open
from liaison.record import audit
from liaison.record.actor import Actor

A, K, S = Account, Transfer.Kind, Claim.Status

GROUPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "fix": ("To fix", (Claim.Status.DRAFT, Claim.Status.REJECTED)),
    "ready": ("Ready", (Claim.Status.READY,)),
    "sent": ("Sent", (Claim.Status.SENT, Claim.Status.ACCEPTED)),
    "denied": ("Denied", (Claim.Status.DENIED,)),
    "paid": ("Paid", (Claim.Status.PAID, Claim.Status.CLOSED)),
}


def claims(
    actor: Actor,
    *,
    status: str | Iterable[str] = "",
    payer_id: UUID | None = None,
    text: str = "",
    since: date | None = None,
) -> QuerySet[Claim]:
    """Claims for a list, newest change first: of a status (or several), a payer, a number, a patient's name or MRN.

    To be paged. Restricted charts are left out for whoever may not open them without a reason.
    """
    actor.require("billing.read")
    rows = Claim.objects.select_related("patient", "payer", "provider", "coverage", "encounter")
    if status:
        rows = rows.filter(status__in=[status] if isinstance(status, str) else list(status))
    if payer_id:
        rows = rows.filter(payer_id=payer_id)
    if since:
        rows = rows.filter(service_date__gte=since)
    if text := text.strip():
        named = Q(patient__family__istartswith=text) | Q(patient__given__istartswith=text) | Q(patient__mrn=text)
        rows = rows.filter(named | Q(number__iexact=text) | Q(payer_claim_number__iexact=text))
    if not actor.may("people.restricted"):
        rows = rows.filter(patient__restricted=False)
    return rows.order_by("-status_at", "-number")


@dataclass(frozen=True, slots=True)
class Step:
    """How many claims stand at a status, and what they charged."""

    status: str
    label: str
    count: int
    cents: int


def pipeline(actor: Actor) -> list[Step]:
    """The claims by status, in the order that a claim takes; every status is there. One query."""
    actor.require("billing.read")
    rows = Claim.objects.order_by().values_list("status").annotate(count=Count("pk"), cents=Sum("total_cents"))
    found = {status: (count, cents) for status, count, cents in rows}
    return [Step(status.value, str(status.label), *found.get(status.value, (0, 0))) for status in S]


@dataclass(frozen=True)
class ClaimView:
    """A claim with what became of it. `open_cents` is what the payer still owes or denied."""

    claim: Claim
    adjudications: Sequence[Adjudication]
    transfers: Sequence[Transfer]
    open_cents: int
    paid_cents: int
    adjusted_cents: int
    patient_cents: int


def claim_for(actor: Actor, claim_id: UUID) -> ClaimView:
    """Open a claim: audited. Raises Forbidden, NotFound."""
    actor.require("billing.read")
    rows = Claim.objects.select_related("patient", "coverage", "payer", "provider", "site", "encounter")
    claim = rows.filter(pk=claim_id).first()
    if claim is None:
        raise NotFound("no-claim", "There is no such claim. Look at the list of claims again.")
    may_open(actor, claim.patient)
    audit.looked(actor, claim.patient_id, [f"Claim/{claim.pk}/_history/{claim.version}"])
    transfers = list(Transfer.objects.filter(claim_id=claim.pk).order_by("at", "id"))
    found = ledger.sums(flows_of(transfers))
    return ClaimView(
        claim=claim,
        adjudications=list(claim.adjudications.select_related("exchange").order_by("created_at", "id")),
        transfers=transfers,
        open_cents=found.open_cents,
        paid_cents=found.paid_cents,
        adjusted_cents=found.adjusted_cents,
        patient_cents=found.patient_cents,
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What payers decided about a claim so far, in cents."""

    paid: int
    adjusted: int
    patient: int


def outcomes(claims: Sequence[Claim]) -> dict[UUID, Outcome]:
    """What became of claims that a payer has answered, by claim. One query."""
    rows = Adjudication.objects.filter(claim_id__in=[claim.pk for claim in claims]).order_by().values("claim_id")
    summed = rows.annotate(paid=Sum("paid_cents"), adjusted=Sum("adjusted_cents"), patient=Sum("patient_cents"))
    return {row["claim_id"]: Outcome(row["paid"], row["adjusted"], row["patient"]) for row in summed}


def files_of(claim: Claim, adjudications: Sequence[Adjudication]) -> list[Exchange]:
    """The files that carried a claim out and the answers back, in order, without their content."""
    answered = {one.exchange_id for one in adjudications}
    # SQLite cannot ask a JSON list what it holds: its text narrows the rows down, the list itself decides
    rows = Exchange.objects.defer("body").filter(Q(claims__icontains=f'"{claim.number}"') | Q(pk__in=answered))
    return [row for row in rows.order_by("created_at", "pk") if row.pk in answered or claim.number in row.claims]


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a claim: a file that carried it, what a payer said, a letter."""

    at: datetime
    what: str
    words: str = ""
    tag: str = ""
    tone: str = ""
    number: str = ""
    letter_id: UUID | None = None


_TONES = {Exchange.Status.HELD: "wait", Exchange.Status.REFUSED: "wait", Exchange.Status.ACCEPTED: "good"}


def history(view: ClaimView) -> list[Event]:
    """What was sent, answered and written about a claim, the newest first. Three queries."""
    claim = view.claim
    events = [_file_event(file) for file in files_of(claim, view.adjudications)]
    for said in claim.acknowledgments.order_by("at"):
        events.append(Event(said.at, "The payer says", said.sentence, said.category, number=said.payer_claim_number))
    letters = Letter.objects.filter(claim_id=claim.pk).defer("pdf", "text")
    events += [Event(one.created_at, "Letter", one.title, tag=one.by, letter_id=one.pk) for one in letters]
    return sorted(events, key=lambda event: event.at, reverse=True)


def _file_event(file: Exchange) -> Event:
    what = {"276": "Asked (276)", "1500": "On paper"}.get(file.kind, f"To the payer: {file.kind}")
    if file.direction == "in":
        what = f"From the payer: {file.kind}"
    status = Exchange.Status(file.status)
    return Event(file.created_at, what, file.note, str(status.label), _TONES.get(status, ""), file.control_number)


def letter_for(actor: Actor, letter_id: UUID) -> Letter:
    """Open a letter: audited. Raises Forbidden, NotFound."""
    actor.require("billing.read")
    found = Letter.objects.select_related("patient").filter(pk=letter_id).first()
    if found is None:
        raise NotFound("no-letter", "There is no such letter. Look at the claim again.")
    may_open(actor, found.patient)
    audit.looked(actor, found.patient_id, ["letter"])
    return found


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an adjudication: what was asked and paid, and each adjustment in words."""

    code: str
    charge_cents: int
    paid_cents: int
    adjustments: Sequence[tuple[str, int]]
    remarks: Sequence[str]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a payer to a claim."""

    row: Adjudication
    at: datetime
    lines: Sequence[Line]


def answers(adjudications: Sequence[Adjudication]) -> list[Answer]:
    """Adjudications as a biller reads them, reasons and remarks in words."""
    book = codes.reasons()
    return [Answer(row, row.created_at, [_answer_line(line, book) for line in row.lines]) for row in adjudications]


def _answer_line(line: dict[str, object], book: codes.Reasons) -> Line:
    raw = line.get("adjustments")
    adjustments = raw if isinstance(raw, list) else []
    remarks = line.get("remarks")
    return Line(
        code=str(line.get("code", "")),
        charge_cents=_cents(line.get("charge")),
        paid_cents=_cents(line.get("paid")),
        adjustments=[(book.told(str(a["group"]), str(a["carc"])), _cents(a["cents"])) for a in adjustments],
        remarks=[book.remark(str(one)) for one in remarks] if isinstance(remarks, list) else [],
    )


def _cents(value: object) -> int:
    return value if isinstance(value, int) else 0
