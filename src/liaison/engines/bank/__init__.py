"""Statements that banks give: OFX (1.x as SGML, 2.x as XML) and CSV, read into lines. Pure, in linear time.

The libraries for OFX are under the GPL (ofxtools) or not kept up (ofxparse), and a bank's download uses a handful of
its elements: OFX 1.6 and 2.2, section 11.4 (STMTTRN, LEDGERBAL, BANKACCTFROM, CCACCTFROM).
"""

from liaison.engines.bank.csvs import read_csv
from liaison.engines.bank.documents import BankFile, BankFileError, Row
from liaison.engines.bank.ofx import read_ofx

__all__ = ["BankFile", "BankFileError", "Row", "read", "read_csv", "read_ofx"]


def read(body: bytes) -> BankFile:
    """A statement in whichever form it is. Raises BankFileError with a sentence for the person who chose the file."""
    text = _text(body)
    return read_ofx(text) if "<OFX>" in text[:4_000].upper() else read_csv(text)


def _text(body: bytes) -> str:
    """The text of a file: spreadsheets write UTF-16, banks UTF-8 or the code page of Windows."""
    wide = body.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\x00" in body and not wide:
        raise BankFileError("This is no OFX or CSV file. Download the statement from the bank again.")
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp1252"):
        try:
            return body.decode(encoding).replace("\x00", "")
        except UnicodeDecodeError:
            continue
    return body.decode("latin-1").replace("\x00", "")
