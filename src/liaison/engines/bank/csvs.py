"""CSV as banks export it: a header of their own words, one amount or two, days in three forms."""

import csv
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime

from liaison.engines.bank.documents import BankFile, BankFileError, Row, cents_of

_NAMES = {
    "on": ("date", "posted", "posting date", "posted date", "post date", "transaction date", "date posted"),
    "amount": ("amount", "transaction amount", "net amount"),
    "out": ("debit", "debits", "withdrawal", "withdrawals", "money out", "debit amount", "paid out"),
    "in": ("credit", "credits", "deposit", "deposits", "money in", "credit amount", "paid in"),
    "words": ("description", "payee", "name", "details", "memo", "transaction", "transaction description"),
    "reference": ("reference", "check number", "check #", "check", "reference number", "check or slip #", "ref"),
    "balance": ("balance", "running balance", "running bal.", "ending balance"),
}
_DAYS = ("%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y", "%Y%m%d", "%m-%d-%Y")
_HEADER_WITHIN = 20


def read_csv(text: str) -> BankFile:
    """A statement. Lines before the header are passed over. Raises BankFileError."""
    lines = text.splitlines()
    for at, line in enumerate(lines[:_HEADER_WITHIN]):
        for mark in (",", ";", "\t"):
            columns = _columns(next(csv.reader([line], delimiter=mark), []))
            if "on" in columns and ("amount" in columns or {"in", "out"} <= columns.keys()):
                try:
                    return _rows(csv.reader(lines[at + 1 :], delimiter=mark), columns, at + 2)
                except csv.Error:
                    raise BankFileError("This CSV file is broken. Download the statement again.") from None
    raise BankFileError(
        "This file has no header with a date and an amount. Choose OFX or CSV where the bank offers the download."
    )


def _columns(cells: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, cell in enumerate(cells):
        for name, words in _NAMES.items():
            if cell.strip().strip('"').lower() in words:
                found.setdefault(name, place)
    return found


def _rows(lines: Iterable[list[str]], columns: Mapping[str, int], first: int) -> BankFile:
    rows: list[Row] = []
    balances: list[tuple[date, int]] = []
    seen: Counter[str] = Counter()
    for number, cells in enumerate(lines, first):
        if not any(cell.strip() for cell in cells):
            continue

        def cell(name: str, cells: list[str] = cells) -> str:
            place = columns.get(name, -1)
            return cells[place].strip() if 0 <= place < len(cells) else ""

        on = _day(cell("on"), number)
        cents = _cents(cell, number)
        words, reference = " ".join(cell("words").split())[:200], cell("reference")[:60]
        same = f"{on}|{cents}|{reference}|{words}"
        # Two alike on one day are two: the second of them is another line
        seen[same] += 1
        mark = hashlib.sha256(f"{same}|{seen[same]}".encode()).hexdigest()[:60]
        rows.append(Row(mark, on, cents, reference, words))
        if cell("balance"):
            try:
                balances.append((on, cents_of(cell("balance"))))
            except ValueError:
                raise BankFileError(f"Line {number} of the file has no balance that can be read.") from None
    if not rows:
        raise BankFileError("This file holds no lines. Choose another time span at the bank.")
    return BankFile("CSV", "", tuple(rows), _closing(balances), max(row.on for row in rows))


def _closing(balances: list[tuple[date, int]]) -> int | None:
    """The balance after the last line: banks list the newest first, or last."""
    if not balances:
        return None
    return balances[0][1] if balances[0][0] > balances[-1][0] else balances[-1][1]


def _cents(cell: Callable[[str], str], number: int) -> int:
    try:
        if cell("amount"):
            return cents_of(cell("amount"))
        into, out = cell("in"), cell("out")
        if not into and not out:
            raise ValueError
        return (cents_of(into) if into else 0) - (abs(cents_of(out)) if out else 0)
    except ValueError:
        raise BankFileError(f"Line {number} of the file has no amount that can be read.") from None


def _day(text: str, number: int) -> date:
    for form in _DAYS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    raise BankFileError(f"Line {number} of the file has no day that can be read.")
