"""OFX: the elements of a bank's or card's statement, in SGML or XML."""

import html
import re
from datetime import UTC, date, datetime

from liaison.engines.bank.documents import YEARS, BankFile, BankFileError, Row, cents_of

# One element and its text; an aggregate has none. Each character is looked at once
_ELEMENT = re.compile(r"<(/?)([A-Za-z0-9._]{1,40})>([^<]*)")
_ACCOUNTS = ("BANKACCTFROM", "CCACCTFROM")


def read_ofx(text: str) -> BankFile:
    """A statement of one account. Raises BankFileError."""
    rows: list[Row] = []
    accounts: list[str] = []
    closing: int | None = None
    last_on: date | None = None
    inside: dict[str, str] | None = None
    where = ""
    plain = text.replace("<![CDATA[", "").replace("]]>", "")
    for number, (ends, name, value) in enumerate(_ELEMENT.findall(plain)):
        name, value = name.upper(), html.unescape(value.strip())
        if name == "STMTTRN":
            if inside:  # its end tag, or without end tags (SGML) the next one
                rows.append(_row(inside, number))
            inside = None if ends else {}
        elif name in ("BANKTRANLIST", "LEDGERBAL", "AVAILBAL", *_ACCOUNTS):
            if inside:
                rows.append(_row(inside, number))
            inside, where = None, "" if ends else name
        elif inside is not None and value and not ends:
            inside.setdefault(name, value)
        elif where in _ACCOUNTS and name == "ACCTID" and value:
            accounts.append(value)
        elif where == "LEDGERBAL" and name == "BALAMT" and value:
            closing = _amount(value)
        elif where == "LEDGERBAL" and name == "DTASOF" and value:
            last_on = _day(value)
    if len(set(accounts)) > 1:
        raise BankFileError("This file holds several accounts. Download the practice's account alone.")
    if not rows and closing is None:
        raise BankFileError("This OFX file holds no statement. Download it from the bank again.")
    account = accounts[0] if accounts else ""
    marked = tuple(Row(f"{account[-12:]}:{row.mark}"[:64], row.on, row.cents, row.reference, row.words) for row in rows)
    return BankFile("OFX", account[-4:], marked, closing, last_on)


def _row(found: dict[str, str], number: int) -> Row:
    if missing := [name for name in ("FITID", "DTPOSTED", "TRNAMT") if not found.get(name)]:
        raise BankFileError(f"A line of this OFX file (element {number}) has no {missing[0]}. Download it again.")
    words = " ".join(f"{found.get('NAME', '')} {found.get('MEMO', '')}".split())
    reference = found.get("CHECKNUM") or found.get("REFNUM") or ""
    return Row(found["FITID"], _day(found["DTPOSTED"]), _amount(found["TRNAMT"]), reference[:60], words[:200])


def _day(text: str) -> date:
    """The day of an OFX time: YYYYMMDD, whatever follows."""
    try:
        found = datetime.strptime(text[:8], "%Y%m%d").replace(tzinfo=UTC).date()
        if found.year not in YEARS:
            raise ValueError(text)
        return found
    except ValueError:
        raise BankFileError(f"“{text[:20]}” is no day as OFX writes it. Download the statement again.") from None


def _amount(text: str) -> int:
    try:
        # OFX lets a comma stand for the point
        return cents_of(text.replace(",", ".") if "." not in text else text)
    except ValueError:
        raise BankFileError(f"“{text[:20]}” is no amount. Download the statement again.") from None
