"""Statements as banks give them: CSV in the layouts of many, OFX 1 and 2, and what is none."""

from datetime import date

import pytest

from liaison.engines.bank import BankFileError, read

pytestmark = pytest.mark.engine
OF_BANKS = {
    "Chase": (
        "Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #\n"
        'CREDIT,03/11/2026,"ORIG CO NAME:SUNRISE, EFT 4711",70.00,ACH_CREDIT,162.00,,\n'
        "CHECK,03/10/2026,CHECK 1009,-8.00,CHECK_PAID,92.00,1009\n",
        [7_000, -800], 16_200, "ORIG CO NAME:SUNRISE, EFT 4711", "",
    ),
    "Bank of America": (
        'Description,,Summary Amt.\nBeginning balance as of 03/01/2026,,"1,000.00"\nTotal credits,,"70.00"\n'
        'Total debits,,"-8.00"\nEnding balance as of 03/31/2026,,"1,062.00"\n\nDate,Description,Amount,Running Bal.\n'
        '03/01/2026,Beginning balance as of 03/01/2026,,"1,000.00"\n'
        '03/10/2026,"DEPOSIT","70.00","1,070.00"\n03/11/2026,"MONTHLY FEE","-8.00","1,062.00"\n',
        [7_000, -800], 106_200, "DEPOSIT", "",
    ),
    "Wells Fargo": (
        '"03/11/2026","-8.00","*","1009","CHECK # 1009"\n"03/10/2026","70.00","*","","DEPOSIT"\n',
        [-800, 7_000], None, "CHECK # 1009", "1009",
    ),
    "Citi": (
        '"Status","Date","Description","Debit","Credit"\n"Cleared","03/11/2026","CHECK 1009","8.00",""\n'
        '"Cleared","03/10/2026","DEPOSIT\nBRANCH 12","","70.00"\n',
        [-800, 7_000], None, "CHECK 1009", "",
    ),
    "Capital One": (
        "Account Number,Transaction Description,Transaction Date,Transaction Type,Transaction Amount,Balance\n"
        "1234,Monthly fee,03/11/26,Debit,8,162\n1234,Deposit,03/10/26,Credit,70.00,170\n",
        [-800, 7_000], 16_200, "Monthly fee", "",
    ),
    "U.S. Bank": (
        '"Date","Transaction","Name","Memo","Amount"\n"2026-03-10","CREDIT","SUNRISE","EFT 4711","70.00"\n',
        [7_000], None, "SUNRISE EFT 4711", "",
    ),
    "PNC": (
        "Date,Description,Withdrawals,Deposits,Category,Balance\n"
        '03/10/2026,DEPOSIT,,$70.00,Deposits,"$1,070.00"\n03/10/2026,FEE,$8.00,,Fees,"$1,062.00"\n',
        [7_000, -800], 106_200, "DEPOSIT", "",
    ),
    "TD": (
        "Date,Bank RTN,Account Number,Transaction Type,Description,Debit,Credit,Check Number,Account Running Balance\n"
        "2026-03-10,031,00417,DEBIT,CHECK,8.00,,1009,92.00\n",
        [-800], 9_200, "CHECK", "1009",
    ),
    "Truist": (
        "Posted Date,Transaction Date,Transaction Type,Check/Serial #,Full description,Amount,Daily Posted Balance\n"
        "03/11/2026,03/09/2026,Debit,1009,CHECK,($8.00),$92.00\n",
        [-800], 9_200, "CHECK", "1009",
    ),
    "a credit union": (
        "Transaction Number,Date,Description,Memo,Amount Debit,Amount Credit,Balance,Check Number,Fees\n"
        "20260310-1,3/10/2026 12:00:00 AM,DEPOSIT,BY MAIL,,70.00,170.00,,\n",
        [7_000], 17_000, "DEPOSIT BY MAIL", "",
    ),
    "one with signs behind": ("Date;Amount;Payee\n10-Mar-2026;8.00-;FEE\n10-Mar-2026;70.00 CR;X\n",
                              [-800, 7_000], None, "FEE", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", OF_BANKS)
def test_csv_as_a_bank_lays_it_out(name: str) -> None:
    text, cents, closing, words, reference = OF_BANKS[name]
    for body in (text.encode(), text.replace("\n", "\r\n").encode("utf-8-sig"), text.encode("utf-16")):
        found = read(body)
        assert ([row.cents for row in found.rows], found.closing_cents) == (cents, closing)
        assert (found.rows[0].words, found.rows[0].reference) == (words, reference)
        assert {row.on for row in found.rows} <= {date(2026, 3, 10), date(2026, 3, 11)}


OFX_1 = """OFXHEADER:100
DATA:OFXSGML
VERSION:103
ENCODING:USASCII
CHARSET:1252

<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS><DTSERVER>20260401<LANGUAGE>ENG</SONRS></SIGNONMSGSRSV1>
<BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STMTRS><CURDEF>USD<BANKACCTFROM><BANKID>071<ACCTID>111222333<ACCTTYPE>CHECKING
</BANKACCTFROM><BANKTRANLIST><DTSTART>20260301<DTEND>20260331
<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260310120000.000[-5:EST]<TRNAMT>+70.00<FITID>A1<NAME>SUNRISE &amp; CO<MEMO>EFT 4711
<STMTTRN><TRNTYPE>CHECK<DTPOSTED>20260311<TRNAMT>-8,00<FITID>A2<CHECKNUM>1009
</BANKTRANLIST><LEDGERBAL><BALAMT>162.00<DTASOF>20260331235959</LEDGERBAL>
<AVAILBAL><BALAMT>100.00<DTASOF>20260401</AVAILBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
"""
OFX_2 = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>
<OFX>
 <BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD</CURDEF>
  <BANKACCTFROM><BANKID>071</BANKID><ACCTID>111222333</ACCTID><ACCTTYPE>CHECKING</ACCTTYPE></BANKACCTFROM>
  <BANKTRANLIST><DTSTART>20260301</DTSTART><DTEND>20260331</DTEND>
   <STMTTRN><TRNTYPE>CREDIT</TRNTYPE><DTPOSTED>20260310120000</DTPOSTED><TRNAMT>70.00</TRNAMT><FITID>A1</FITID>
    <NAME>SUNRISE &amp; CO</NAME><MEMO><![CDATA[EFT 4711]]></MEMO></STMTTRN>
   <STMTTRN><TRNTYPE>CHECK</TRNTYPE><DTPOSTED>20260311</DTPOSTED><TRNAMT>-8.00</TRNAMT><FITID>A2</FITID>
    <CHECKNUM>1009</CHECKNUM><MEMO/></STMTTRN>
  </BANKTRANLIST>
  <LEDGERBAL><BALAMT>162.00</BALAMT><DTASOF>20260331</DTASOF></LEDGERBAL>
 </STMTRS></STMTTRNRS></BANKMSGSRSV1>
</OFX>
"""


@pytest.mark.parametrize("text", [OFX_1, OFX_2, OFX_2.replace("\n", "")], ids=["1", "2", "2 in one line"])
def test_ofx_of_both_versions_says_the_same(text: str) -> None:
    found = read(text.encode())
    assert [(row.cents, row.on.day, row.reference, row.words) for row in found.rows] == [
        (7_000, 10, "", "SUNRISE & CO EFT 4711"), (-800, 11, "1009", "")
    ]  # fmt: skip
    assert (found.closing_cents, found.last_on, found.account) == (16_200, date(2026, 3, 31), "2333")


@pytest.mark.parametrize(
    "body",
    [
        b"Date,Amount\n1800-01-01,3\n", b"Date,Amount\n9999-12-31,3\n", b"Date,Amount\n2026-03-01,1e30\n",
        b"Date,Amount\n2026-03-01,\n", b"Account Number,Date,Amount\n1,2026-03-01,3\n2,2026-03-01,3\n",
        b'Date,Amount\n2026-03-01,"' + b"9" * 200_000, OFX_2.replace("20260311", "99990311").encode(),
        OFX_1.replace("+70.00", "9" * 10_000).encode(), b"Date,Amount\n2026-03-01,3\n\x00\n", b"\xff\xfe\x00",
    ],
)  # fmt: skip
def test_what_no_bank_would_say_is_refused_in_words(body: bytes) -> None:
    with pytest.raises(BankFileError, match=r"\.$"):
        read(body)
