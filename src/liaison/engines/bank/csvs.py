"""CSV as banks export it: a header of their own words (or none), one amount or two, days in many forms.

Tried by the layouts of Chase, Bank of America, Wells Fargo, Citi, Capital One, U.S. Bank, PNC, TD, Truist and of credit
unions.
"""

import csv
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import islice

from liaison.engines.bank.documents import YEARS, BankFile, BankFileError, Row, cents_of

# For each column the words of its header, the likelier first
_NAMES = {
    "on": (
        "posting date", "posted date", "post date", "date posted", "posted", "date", "transaction date", "trans date",
        "trans. date", "effective date", "process date", "value date", "booking date",
    ),
    "amount": ("amount", "transaction amount", "net amount", "amount (usd)", "amt"),
    "out": (
        "debit", "debits", "withdrawal", "withdrawals", "money out", "debit amount", "amount debit", "paid out",
        "withdrawal amount", "withdrawals (-)", "debit (-)",
    ),
    "in": (
        "credit", "credits", "deposit", "deposits", "money in", "credit amount", "amount credit", "paid in",
        "deposit amount", "deposits (+)", "credit (+)",
    ),
    "words": (
        "description", "full description", "transaction description", "payee", "name", "details", "transaction",
        "original description", "narrative",
    ),
    "more": ("memo", "additional information"),
    "reference": (
        "check number", "check #", "check or slip #", "check/serial #", "check no.", "check", "reference number",
        "reference", "ref",
    ),
    "balance": (
        "balance", "running balance", "running bal.", "account running balance", "ending balance", "balance (usd)",
        "daily posted balance",
    ),
    "side": ("transaction type", "type", "debit/credit", "credit/debit", "dr/cr", "cr/dr", "details"),
    "account": ("account number", "account #"),
}  # fmt: skip
_DAYS = (
    "%m/%d/%Y", "%Y-%m-%d", "%m/%d/%y", "%Y%m%d", "%m-%d-%Y", "%Y/%m/%d", "%d-%b-%Y", "%d-%b-%y", "%b %d, %Y",
    "%B %d, %Y",
)  # fmt: skip
_OUT = ("debit", "dr", "d", "withdrawal")
_MARKS = (",", ";", "\t", "|")
_HEADER_WITHIN = 20
_WELLS_FARGO = {"on": 0, "amount": 1, "reference": 3, "words": 4}  # without a header


def read_csv(text: str) -> BankFile:
    """A statement. Lines before the header are passed over. Raises BankFileError."""
    lines = text.splitlines(keepends=True)
    try:
        for mark in _MARKS:
            for at, cells in enumerate(islice(csv.reader(lines, delimiter=mark), _HEADER_WITHIN)):
                columns = _columns(cells)
                if "on" in columns and ("amount" in columns or {"in", "out"} <= columns.keys()):
                    return _statement(_lines(lines, mark, columns, at + 1))
                if at == 0 and _headless(cells):
                    return _statement(_lines(lines, mark, _WELLS_FARGO, 0))
    except csv.Error:
        raise BankFileError("This CSV file is broken. Download the statement again.") from None
    raise BankFileError(
        "This file has no header with a date and an amount. Choose OFX or CSV where the bank offers the download."
    )


def _columns(cells: Sequence[str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, cell in enumerate(cells):
        places.setdefault(" ".join(cell.strip('" \t').lower().split()), place)
    found = {}
    for name, words in _NAMES.items():
        if known := [places[word] for word in words if word in places]:
            found[name] = known[0]
    return found


def _headless(cells: Sequence[str]) -> bool:
    """Whether a first line is one of the bank's already: a day, and an amount."""
    if len(cells) < 5 or _day(cells[0].strip()) is None:
        return False
    try:
        cents_of(cells[1])
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Line:
    """A line's cells by their columns, and its number in the file."""

    number: int
    cells: Sequence[str]
    columns: Mapping[str, int]

    def text(self, name: str) -> str:
        place = self.columns.get(name, -1)
        return self.cells[place].strip() if 0 <= place < len(self.cells) else ""

    def on(self) -> date:
        found = _day(self.text("on"))
        if found is None:
            raise BankFileError(f"Line {self.number} of the file has no day that can be read.")
        return found

    def cents(self) -> int:
        try:
            if self.text("amount"):
                return cents_of(self.text("amount"))
            into, out = self.text("in"), self.text("out")
            if not into and not out:
                raise ValueError
            return (cents_of(into) if into else 0) - (abs(cents_of(out)) if out else 0)
        except ValueError:
            raise BankFileError(f"Line {self.number} of the file has no amount that can be read.") from None

    def balance(self) -> int | None:
        try:
            return cents_of(self.text("balance")) if self.text("balance") else None
        except ValueError:
            raise BankFileError(f"Line {self.number} of the file has no balance that can be read.") from None

    @property
    def moves(self) -> bool:
        """Whether it moves money: a line with a balance alone tells what was held before, one with neither is a
        heading or a total."""
        named = any(self.text(name) for name in ("amount", "in", "out"))
        return named or bool(self.text("on") and not self.text("balance"))


def _lines(lines: Sequence[str], mark: str, columns: Mapping[str, int], first: int) -> Iterator[_Line]:
    rows = csv.reader(lines, delimiter=mark)
    for cells in islice(rows, first, None):
        line = _Line(rows.line_num, cells, columns)
        if any(cell.strip() for cell in cells) and line.moves:
            yield line


def _statement(lines: Iterator[_Line]) -> BankFile:
    found = [(line, line.on(), line.cents()) for line in lines]
    if not found:
        raise BankFileError("This file holds no lines. Choose another time span at the bank.")
    accounts = {line.text("account") for line, _, _ in found} - {""}
    if len(accounts) > 1:
        raise BankFileError("This file holds several accounts. Download the practice's account alone.")
    # Where a column says which way the money went, no amount has a sign
    signed = any(cents < 0 for _, _, cents in found)
    moved = [
        (line, on, -cents if not signed and line.text("side").lower() in _OUT else cents) for line, on, cents in found
    ]
    seen: Counter[str] = Counter()
    rows = []
    for line, on, cents in moved:
        words = " ".join(f"{line.text('words')} {line.text('more')}".split())[:200]
        reference = line.text("reference")[:60]
        same = f"{on}|{cents}|{reference}|{words}"
        # Two alike on one day are two: the second of them is another line
        seen[same] += 1
        rows.append(Row(_mark(f"{same}|{seen[same]}"), on, cents, reference, words))
    account = "".join(c for c in next(iter(accounts), "") if c.isalnum())[-4:]
    balances = [(on, cents, held) for line, on, cents in moved if (held := line.balance()) is not None]
    return BankFile("CSV", account, tuple(rows), _closing(balances), max(row.on for row in rows))


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:60]


def _closing(balances: Sequence[tuple[date, int, int]]) -> int | None:
    """The balance after the last line: banks list the newest first, or last."""
    if not balances:
        return None
    (first_on, cents, newest), (last_on, _, oldest) = balances[0], balances[-1]
    if first_on == last_on and len(balances) > 1:
        return newest if newest - cents == balances[1][2] else oldest
    return newest if first_on > last_on else oldest


@lru_cache(4096)
def _day(text: str) -> date | None:
    """The day of a cell, without the time of day that some banks add."""
    if ":" in text:
        text = text.replace("T", " ").split()[0]
    for form in _DAYS:
        try:
            found = datetime.strptime(text, form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
        return found if found.year in YEARS else None
    return None
