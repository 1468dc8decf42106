"""What may be asked about a patient’s account, receipts and files."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db.models import Case, F, Q, Sum, When

from liaison.billing import ledger
from liaison.billing.models import Account, Claim, Transfer
from liaison.kernel.errors import NotFound
from liaison.people.models import Patient
from liaison.people.queries import may_open
from liaison.record import audit
from liaison.record.actor import Actor

A, K, S = Account, Transfer.Kind, Claim.Status
_LET_OFF = (*ledger.ADJUSTMENTS, A.BAD_DEBT, A.COLLECTIONS)


@dataclass(frozen=True, slots=True)
class Owed:
    """How many patients owe, and how much together."""

    patients: int
    cents: int


def owed_by_patients() -> Owed:
    """What patients owe, those who paid ahead left out. One query."""
    account = Account.PATIENT_RECEIVABLE
    rows = Transfer.objects.filter(Q(debit=account) | Q(credit=account)).order_by().values("patient_id")
    balances = rows.annotate(cents=Sum(Case(When(debit=account, then=F("cents")), default=-F("cents"))))
    owing = [row["cents"] for row in balances if row["cents"] > 0]
    return Owed(len(owing), sum(owing))


def flows_of(transfers: Iterable[Transfer]) -> ledger.Flows:
    """How much some transfers moved between each two accounts."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    for transfer in transfers:
        found[transfer.debit, transfer.credit] += transfer.cents
    return found


@dataclass(slots=True)
class VisitBalance:
    """One visit on an account (or what belongs to none, with `encounter_id` None), in cents.

    Charged = paid + adjusted + open + patient's share, and share = patient paid + balance. What the patient was let
    off, or an agency works, is adjusted.
    """

    encounter_id: UUID | None
    day: date
    title: str
    charged_cents: int = 0
    paid_cents: int = 0
    adjusted_cents: int = 0
    patient_cents: int = 0
    patient_paid_cents: int = 0
    open_cents: int = 0
    balance_cents: int = 0  # what the patient owes for it
    lines: list["AccountLine"] = field(default_factory=list)


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
    visits = visits_of(transfers)
    return AccountView(
        patient=patient,
        visits=visits,
        lines=[_line(transfer) for transfer in transfers],
        balance_cents=ledger.held(transfers, A.PATIENT_RECEIVABLE),
        open_cents=ledger.held(transfers, A.PAYER_RECEIVABLE),
    )


def visits_of(transfers: Iterable[Transfer]) -> list[VisitBalance]:
    """A patient's entries by visit, the newest first."""
    by_visit: dict[UUID | None, list[Transfer]] = defaultdict(list)
    for transfer in transfers:
        by_visit[transfer.encounter_id].append(transfer)
    return sorted((_visit(found) for found in by_visit.values()), key=lambda visit: visit.day, reverse=True)


def _visit(transfers: Sequence[Transfer]) -> VisitBalance:
    first = transfers[0]
    encounter = first.encounter
    charged = next((t.charge for t in transfers if t.charge is not None), None)
    flows = flows_of(transfers)
    found, balance = ledger.sums(flows), ledger.balance(flows, A.PATIENT_RECEIVABLE)
    owed = A.PATIENT_RECEIVABLE
    let_off = sum(flows.get((one, owed), 0) - flows.get((owed, one), 0) for one in _LET_OFF)
    started = encounter.starts_at if encounter and encounter.starts_at else first.at
    return VisitBalance(
        encounter_id=first.encounter_id,
        day=charged.service_date if charged else started.date(),
        title=str(encounter) if encounter else "On account",
        charged_cents=found.charged_cents,
        paid_cents=found.paid_cents,
        adjusted_cents=found.adjusted_cents + let_off,
        patient_cents=found.patient_cents - let_off,
        patient_paid_cents=found.patient_cents - let_off - balance,
        open_cents=found.open_cents,
        balance_cents=balance,
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
    if found is None or found.patient is None:
        raise NotFound("no-receipt", "There is no such receipt. Look at the patient's account.")
    may_open(actor, found.patient)
    audit.looked(actor, found.patient_id, ["receipt"])
    return found
