"""The entries of the books for other programs: CSV, and plain-text accounting as beancount reads it.

No patient is named: an MRN says whose an entry is. What people typed as notes stays here, for it may name somebody.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby
from typing import IO

from liaison.billing.books import days
from liaison.billing.ledger import EXPENSES
from liaison.billing.models import Account, Closing, Transfer
from liaison.billing.queries.periods import balances_at
from liaison.kernel.money import decimal

A = Account
_GROUP = {
    **dict.fromkeys((A.BANK, A.DRAWER, A.PAYER_RECEIVABLE, A.PATIENT_RECEIVABLE, A.COLLECTIONS), "Assets"),
    **dict.fromkeys((A.PAYER_OFFSET, A.UNAPPLIED), "Liabilities"),
    **dict.fromkeys((A.SERVICES, A.INTEREST, A.CAPITATION), "Income"),
    **dict.fromkeys((A.CONTRACTUAL, A.WRITE_OFF, A.OTHER_ADJUSTMENT, A.BAD_DEBT), "Income:Taken-Off"),
    **dict.fromkeys((*EXPENSES, A.OVER_SHORT), "Expenses"),
}
OPENING = "Equity:Opening-Balances"
_COLUMNS = (
    "date", "time", "entry", "transaction", "kind", "debit", "credit", "amount", "mrn", "encounter", "claim", "code",
    "method", "reference", "receipt",
)  # fmt: skip


def name_of(account: str) -> str:
    """An account as beancount writes it: `Assets:Patient-Receivable`."""
    return f"{_GROUP[A(account)]}:{account.title()}"


def _entries(begin: date, end: date) -> Iterable[Transfer]:
    rows = Transfer.objects.filter(at__gte=days.begin(begin), at__lt=days.end(end))
    rows = rows.select_related("patient", "claim", "expense").order_by("at", "transaction", "id")
    return rows.iterator(2_000)


def first_day() -> date:
    """The day of the oldest entry; today where there is none."""
    at = Transfer.objects.order_by("at").values_list("at", flat=True).first()
    return at.astimezone(days.zone()).date() if at else days.today()


def write_csv(out: IO[str], begin: date, end: date) -> int:
    """Write each entry of the days from `begin` through `end` as a line, in dollars. Gives how many."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    zone, count = days.zone(), 0
    for one in _entries(begin, end):
        at = one.at.astimezone(zone)
        writer.writerow(
            [
                f"{at:%Y-%m-%d}", f"{at:%H:%M:%S}", one.pk, one.transaction, one.kind, one.debit, one.credit,
                decimal(one.cents), one.patient.mrn if one.patient else "", one.encounter_id or "",
                one.claim.number if one.claim else "", one.code, one.method, _safe(one.reference), one.receipt,
            ]
        )  # fmt: skip
        count += 1
    return count


def _safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text


def write_beancount(out: IO[str], begin: date, end: date) -> int:
    """Write the days from `begin` through `end` as beancount: accounts, what is brought forward, a transaction for each
    of ours, and every account's balance at each closing and at the end. Gives how many transactions.
    """
    before = balances_at(days.begin(begin))
    opened = begin - timedelta(days=1)
    out.write('option "title" "Liaison"\noption "operating_currency" "USD"\n\n')
    out.writelines(f"{opened} open {name} USD\n" for name in (*map(name_of, A), OPENING))
    _bring_forward(out, opened, before)
    zone, count = days.zone(), 0
    closings = Closing.objects.filter(reopened_at=None, through__gte=begin, through__lt=end).order_by("through")
    waiting = [(one.through, one.balances) for one in closings]
    groups = groupby(_entries(begin, end), key=lambda one: (one.at.astimezone(zone).date(), one.transaction))
    for (day, _), entries in groups:
        while waiting and waiting[0][0] < day:
            _assert(out, *waiting.pop(0))
        _transaction(out, day, list(entries))
        count += 1
    for through, balances in waiting:
        _assert(out, through, balances)
    _assert(out, end, balances_at(days.end(end)))
    return count


def _bring_forward(out: IO[str], day: date, balances: dict[str, int]) -> None:
    held = {name: cents for name, cents in balances.items() if cents}
    if held:
        out.write(f'\n{day} * "Brought forward"\n')
        out.writelines(_posting(name_of(name), cents) for name, cents in held.items())
        out.write(f"  {OPENING}\n")


def _assert(out: IO[str], through: date, balances: dict[str, int]) -> None:
    """What every account holds after a day: beancount asserts it at the beginning of the next."""
    out.write("\n")
    on = through + timedelta(days=1)
    out.writelines(f"{on} balance {name_of(name)} {decimal(balances.get(name, 0)):.2f} USD\n" for name in A.values)


def _transaction(out: IO[str], day: date, entries: list[Transfer]) -> None:
    first = entries[0]
    labels = ", ".join(dict.fromkeys(str(Transfer.Kind(one.kind).label) for one in entries))
    expense = getattr(first, "expense", None)
    payee = f"{_quoted(expense.vendor)} " if expense else ""
    out.write(f"\n{day} * {payee}{_quoted(labels)} ^{first.transaction}\n")
    out.writelines(_meta(entries))
    moved: dict[str, int] = defaultdict(int)
    for one in entries:
        moved[one.debit] += one.cents
        moved[one.credit] -= one.cents
    out.writelines(_posting(name_of(name), cents) for name, cents in moved.items() if cents)


def _meta(entries: list[Transfer]) -> Iterator[str]:
    facts = {
        "mrn": {one.patient.mrn for one in entries if one.patient},
        "claim": {one.claim.number for one in entries if one.claim},
        "receipt": {one.receipt for one in entries if one.receipt},
        "reference": {one.reference for one in entries if one.reference},
    }
    for name, values in facts.items():
        if values:
            yield f"  {name}: {_quoted(' '.join(sorted(values)))}\n"


def _posting(name: str, cents: int) -> str:
    return f"  {name}  {decimal(cents):.2f} USD\n"


def _quoted(text: str) -> str:
    said = " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{said}"'
