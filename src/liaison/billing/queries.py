"""What may be asked about money: claims, a patient's account, the totals."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, F, Q, Sum

from liaison.billing import ledger
from liaison.billing.ledger import Totals, totals
from liaison.billing.models import Account, Adjudication, Charge, Claim, Exchange, Transfer
from liaison.kernel.errors import NotFound
from liaison.people.models import Patient
from liaison.people.queries import may_open
from liaison.record import audit
from liaison.record.actor import Actor

__all__ = [
    "Totals",
    "account_for",
    "balance_of",
    "claim_for",
    "claims",
    "exchanges",
    "open_charges",
    "pipeline",
    "receipt_for",
    "totals",
]

A, K, S = Account, Transfer.Kind, Claim.Status


def open_charges(actor: Actor, encounter_id: UUID) -> list[Charge]:
    """The charges of an encounter that are drafted and not yet billed."""
    actor.require("billing.read")
    rows = Charge.objects.filter(encounter_id=encounter_id, status=Charge.Status.OPEN)
    return list(rows.select_related("provider").order_by("created_at", "id"))


def claims(
    actor: Actor,
    *,
    status: str | Iterable[str] = "",
    payer_id: UUID | None = None,
    text: str = "",
    since: date | None = None,
    limit: int = 200,
) -> list[Claim]:
    """Claims for a list, newest change first: of a status (or several), a payer, a number, a patient's name or MRN.

    One query. Restricted charts are left out for whoever may not open them without a reason.
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
    return list(rows.order_by("-status_at", "-number")[:limit])


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
    found = ledger.sums(_flows(transfers))
    return ClaimView(
        claim=claim,
        adjudications=list(claim.adjudications.select_related("exchange").order_by("created_at", "id")),
        transfers=transfers,
        open_cents=found.open_cents,
        paid_cents=found.paid_cents,
        adjusted_cents=found.adjusted_cents,
        patient_cents=found.patient_cents,
    )


def _flows(transfers: Iterable[Transfer]) -> ledger.Flows:
    found: dict[tuple[str, str], int] = defaultdict(int)
    for transfer in transfers:
        found[transfer.debit, transfer.credit] += transfer.cents
    return found


@dataclass(slots=True)
class VisitBalance:
    """One visit on an account (or what belongs to none, with `encounter_id` None), in cents."""

    encounter_id: UUID | None
    day: date
    title: str
    charged_cents: int = 0
    paid_cents: int = 0
    adjusted_cents: int = 0
    patient_cents: int = 0
    patient_paid_cents: int = 0
    open_cents: int = 0
    lines: list["AccountLine"] = field(default_factory=list)

    @property
    def balance_cents(self) -> int:
        """What the patient owes for it."""
        return self.patient_cents - self.patient_paid_cents


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One entry as an account shows it: what it did to the patient's balance, and to what payers owe."""

    transfer_id: UUID
    at: datetime
    kind: str
    label: str
    text: str
    cents: int
    patient_cents: int
    payer_cents: int
    code: str
    receipt: str
    claim_number: str
    claim_id: UUID | None


@dataclass(frozen=True)
class AccountView:
    """A patient's account: `balance_cents` is owed by the patient (negative: paid ahead), `open_cents` by payers."""

    patient: Patient
    visits: Sequence[VisitBalance]
    lines: Sequence[AccountLine]
    balance_cents: int
    open_cents: int


def account_for(actor: Actor, patient_id: UUID) -> AccountView:
    """Open a patient's account: audited, three queries however long it is. Raises Forbidden, NotFound."""
    actor.require("billing.read")
    patient = Patient.objects.filter(pk=patient_id).first()
    if patient is None:
        raise NotFound("no-patient", "There is no such patient. Search for the patient again.")
    may_open(actor, patient)
    audit.looked(actor, patient.pk, ["account"])
    rows = Transfer.objects.filter(patient_id=patient_id).select_related("claim", "charge", "encounter__site")
    transfers = list(rows.order_by("at", "id"))
    by_visit: dict[UUID | None, list[Transfer]] = defaultdict(list)
    for transfer in transfers:
        by_visit[transfer.encounter_id].append(transfer)
    visits = [_visit(of_visit) for of_visit in by_visit.values()]
    visits.sort(key=lambda visit: visit.day, reverse=True)
    return AccountView(
        patient=patient,
        visits=visits,
        lines=[_line(transfer) for transfer in transfers],
        balance_cents=ledger.held(transfers, A.PATIENT_RECEIVABLE),
        open_cents=ledger.held(transfers, A.PAYER_RECEIVABLE),
    )


def _visit(transfers: Sequence[Transfer]) -> VisitBalance:
    first = transfers[0]
    encounter = first.encounter
    charged = next((t.charge for t in transfers if t.charge is not None), None)
    found = ledger.sums(_flows(transfers))
    started = encounter.starts_at if encounter and encounter.starts_at else first.at
    return VisitBalance(
        encounter_id=first.encounter_id,
        day=charged.service_date if charged else started.date(),
        title=str(encounter) if encounter else "On account",
        charged_cents=found.charged_cents,
        paid_cents=found.paid_cents,
        adjusted_cents=found.adjusted_cents,
        patient_cents=found.patient_cents,
        patient_paid_cents=ledger.held(transfers, A.DRAWER),
        open_cents=found.open_cents,
        lines=[_line(transfer) for transfer in transfers],
    )


def _line(transfer: Transfer) -> AccountLine:
    charge, claim = transfer.charge, transfer.claim
    text = f"{charge.code} {charge.display}" if charge else transfer.method or transfer.memo
    return AccountLine(
        transfer_id=transfer.pk,
        at=transfer.at,
        kind=transfer.kind,
        label=str(K(transfer.kind).label),
        text=text,
        cents=transfer.cents,
        patient_cents=ledger.effect(transfer, A.PATIENT_RECEIVABLE),
        payer_cents=ledger.effect(transfer, A.PAYER_RECEIVABLE),
        code=transfer.code,
        receipt=transfer.receipt,
        claim_number=claim.number if claim else "",
        claim_id=transfer.claim_id,
    )


def balance_of(patient_id: UUID) -> int:
    """What a patient owes, in cents (negative: has paid ahead); for rooms that have opened the patient. One query."""
    sums = Transfer.objects.filter(patient_id=patient_id).aggregate(
        debits=Sum("cents", filter=Q(debit=A.PATIENT_RECEIVABLE)),
        credits=Sum("cents", filter=Q(credit=A.PATIENT_RECEIVABLE)),
    )
    return (sums["debits"] or 0) - (sums["credits"] or 0)


def receipt_for(actor: Actor, transfer_id: UUID) -> Transfer:
    """A patient's payment, to print its receipt: audited. Raises Forbidden, NotFound."""
    actor.require("billing.collect")
    rows = Transfer.objects.select_related("patient", "encounter__site").exclude(receipt="")
    found = rows.filter(pk=transfer_id).first()
    if found is None:
        raise NotFound("no-receipt", "There is no such receipt. Look at the patient's account.")
    may_open(actor, found.patient)
    audit.looked(actor, found.patient_id, ["receipt"])
    return found


def exchanges(actor: Actor, *, status: str = "", limit: int = 100) -> list[Exchange]:
    """The files to and from payers, newest first, without their content."""
    actor.require("billing.read")
    rows = Exchange.objects.defer("body").select_related("payer")
    if status:
        rows = rows.filter(status=status)
    return list(rows.order_by(F("created_at").desc(), "-id")[:limit])
