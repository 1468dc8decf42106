"""The ledger: which entries there are, what they add up to, and how one is undone.

Every entry moves an amount from one account to another, so all accounts together are always zero. What the practice
asks is one equation: charged = paid by payers + adjusted + the patients' share (paid or owed) + open with payers.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from liaison.billing.models import Account, Transfer
from liaison.kernel import ids
from liaison.kernel.errors import Conflict

A, K = Account, Transfer.Kind
ADJUSTMENTS = (A.CONTRACTUAL, A.OTHER_ADJUSTMENT, A.WRITE_OFF)
EXPENSES = (A.SUPPLIES, A.POSTAGE, A.REPAIRS, A.FEES, A.OTHER_EXPENSE)
MONEY = (A.BANK, A.DRAWER)

# Which accounts each kind moves between (debit, credit). A negative amount, and a reversal, goes the other way.
MOVES: dict[str, frozenset[tuple[str, str]]] = {
    K.CHARGE: frozenset({(A.PAYER_RECEIVABLE, A.SERVICES), (A.PATIENT_RECEIVABLE, A.SERVICES)}),
    K.PAYMENT: frozenset({(A.BANK, A.PAYER_RECEIVABLE)}),
    K.ADJUSTMENT: frozenset({(account, A.PAYER_RECEIVABLE) for account in ADJUSTMENTS}),
    K.PATIENT_SHARE: frozenset({(A.PATIENT_RECEIVABLE, A.PAYER_RECEIVABLE)}),
    K.COPAY: frozenset({(A.DRAWER, A.PATIENT_RECEIVABLE)}),
    K.PATIENT_PAYMENT: frozenset({(account, A.PATIENT_RECEIVABLE) for account in MONEY}),
    K.NEXT_PAYER: frozenset({(A.PAYER_RECEIVABLE, A.PATIENT_RECEIVABLE)}),
    K.PATIENT_ADJUSTMENT: frozenset(
        {(account, A.PATIENT_RECEIVABLE) for account in (A.WRITE_OFF, A.OTHER_ADJUSTMENT, A.BAD_DEBT)}
    ),
    K.REFUND: frozenset(
        {
            (A.PATIENT_RECEIVABLE, A.BANK),
            (A.PATIENT_RECEIVABLE, A.DRAWER),
            (A.PAYER_RECEIVABLE, A.BANK),
            (A.UNAPPLIED, A.BANK),
        }
    ),
    K.COLLECTIONS: frozenset(
        {(A.COLLECTIONS, A.PATIENT_RECEIVABLE)} | {(account, A.COLLECTIONS) for account in (A.BANK, A.FEES, A.BAD_DEBT)}
    ),
    K.INTEREST: frozenset({(A.BANK, A.INTEREST)}),
    K.CAPITATION: frozenset({(A.BANK, A.CAPITATION)}),
    K.PROVIDER_ADJUSTMENT: frozenset({(A.BANK, A.PAYER_OFFSET), (A.PAYER_OFFSET, A.PAYER_RECEIVABLE)}),
    K.UNAPPLIED: frozenset(
        {(A.BANK, A.UNAPPLIED), (A.UNAPPLIED, A.PAYER_RECEIVABLE), (A.UNAPPLIED, A.PATIENT_RECEIVABLE)}
    ),
    K.DEPOSIT: frozenset({(A.BANK, A.DRAWER)}),
    K.OVER_SHORT: frozenset({(A.DRAWER, A.OVER_SHORT)}),
    K.EXPENSE: frozenset({(expense, account) for expense in EXPENSES for account in MONEY}),
}
KNOWN = frozenset().union(*MOVES.values())
Flows = Mapping[tuple[str, str], int]


def entry(kind: str, debit: str, credit: str, cents: int, **facts: Any) -> Transfer:
    """A new entry, not yet saved; a negative amount swaps the accounts. ValueError for a move of no kind."""
    if (debit, credit) not in MOVES[kind]:
        raise ValueError(f"A {kind} does not move money from {credit} to {debit}.")
    if cents < 0:
        debit, credit, cents = credit, debit, -cents
    return Transfer(kind=kind, debit=debit, credit=credit, cents=cents, **facts)


def transaction_of(once: UUID | None) -> UUID:
    """The key of a new transaction. Where a form brings its own, it is done once: the second raises Conflict.

    Call it where those who do the same wait for each other: after a lock, or a running number.
    """
    if once is None:
        return ids.new_id()
    if Transfer.objects.filter(transaction=once).exists():
        raise Conflict("done-already", "This is in the books already. Look at the entries before you enter it again.")
    return once


def undo(old: Transfer, **facts: Any) -> Transfer:
    """The counter-entry of an entry, not yet saved."""
    return Transfer(
        kind=K.REVERSAL,
        debit=old.credit,
        credit=old.debit,
        cents=old.cents,
        reverses=old,
        code=old.code,
        patient_id=old.patient_id,
        encounter_id=old.encounter_id,
        claim_id=old.claim_id,
        charge_id=old.charge_id,
        **({"method": old.method, "site_id": old.site_id} | facts),
    )


@dataclass(frozen=True, slots=True)
class Totals:
    """What transfers say: charged = paid + adjusted + patient + open, in cents."""

    charged_cents: int
    paid_cents: int
    adjusted_cents: int
    patient_cents: int
    open_cents: int

    @property
    def balanced(self) -> bool:
        return self.charged_cents == self.paid_cents + self.adjusted_cents + self.patient_cents + self.open_cents


def flows(rows: QuerySet[Transfer]) -> Flows:
    """How much went between each two accounts, (debit, credit) to cents: one aggregate query."""
    found = rows.order_by().values_list("debit", "credit").annotate(cents=Sum("cents"))
    return {(debit, credit): cents for debit, credit, cents in found}


def sums(found: Flows) -> Totals:
    """The totals of some flows. Each figure counts its own moves alone, so a move of no known kind unbalances them."""

    def net(debit: str, credit: str) -> int:
        return found.get((debit, credit), 0) - found.get((credit, debit), 0)

    return Totals(
        charged_cents=net(A.PAYER_RECEIVABLE, A.SERVICES) + net(A.PATIENT_RECEIVABLE, A.SERVICES),
        paid_cents=sum(net(account, A.PAYER_RECEIVABLE) for account in (A.BANK, A.PAYER_OFFSET, A.UNAPPLIED)),
        adjusted_cents=sum(net(account, A.PAYER_RECEIVABLE) for account in ADJUSTMENTS),
        patient_cents=net(A.PATIENT_RECEIVABLE, A.SERVICES) + net(A.PATIENT_RECEIVABLE, A.PAYER_RECEIVABLE),
        open_cents=balance(found, A.PAYER_RECEIVABLE),
    )


def balance(found: Flows, account: str) -> int:
    """What an account holds: debits less credits."""
    debits = sum(cents for (debit, _), cents in found.items() if debit == account)
    return debits - sum(cents for (_, credit), cents in found.items() if credit == account)


def totals(since: datetime | None = None) -> Totals:
    """The totals of every transfer (from `since` on): one aggregate query."""
    rows = Transfer.objects.all()
    return sums(flows(rows.filter(at__gte=since) if since else rows))


def effect(transfer: Transfer, account: str) -> int:
    """What a transfer adds to an account, in cents (negative: takes from it)."""
    return transfer.cents * ((transfer.debit == account) - (transfer.credit == account))


def held(transfers: Iterable[Transfer], account: str) -> int:
    """What an account holds by some transfers."""
    return sum(effect(transfer, account) for transfer in transfers)


def by_encounter(account: str, encounter_ids: Iterable[UUID]) -> dict[UUID, int]:
    """What an account holds for each of some encounters: one aggregate query."""
    ids = list(encounter_ids)
    rows = Transfer.objects.filter(Q(debit=account) | Q(credit=account), encounter_id__in=ids)
    balances = dict.fromkeys(ids, 0)
    for encounter_id, debit, cents in rows.order_by().values_list("encounter_id", "debit").annotate(cents=Sum("cents")):
        balances[encounter_id] += cents if debit == account else -cents
    return balances


def unknown_moves(found: Flows) -> Iterator[tuple[str, str]]:
    """Pairs of accounts between which nothing should move."""
    for debit, credit in found:
        if (debit, credit) not in KNOWN and (credit, debit) not in KNOWN:
            yield debit, credit
