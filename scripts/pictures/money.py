"""The pages of money at a moment worth a picture: a lost payment, a statement of the bank's, a drawer being counted."""

import re
from datetime import UTC, date, datetime, timedelta

from playwright.sync_api import Page

from liaison.engines.x12 import (
    Address,
    Adjustment,
    Envelope,
    Party,
    ProviderAdjustment,
    RemitClaim,
    RemitLine,
    Remittance,
    write_835,
)
from scripts.pictures.ways import follow, open_page

OFX = (
    "OFXHEADER:100\nDATA:OFXSGML\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD<BANKACCTFROM><BANKID>071"
    "<ACCTID>000111224417<ACCTTYPE>CHECKING</BANKACCTFROM><BANKTRANLIST>{lines}</BANKTRANLIST>"
    "<LEDGERBAL><BALAMT>{balance:.2f}<DTASOF>{end:%Y%m%d}</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n"
)
LINE = "<STMTTRN><DTPOSTED>{on:%Y%m%d}<TRNAMT>{cents:.2f}<FITID>{number}<NAME>{words}</STMTTRN>\n"
PLAZA = Address("500 Plaza", "Springfield", "IL", "62703")
HELD = 18_204.36


def unposted(page: Page, url: str) -> None:
    """A payment for a claim whose number the payer has mistyped."""
    open_page(page, url + "/payments/")
    if not page.locator("a[href*='/payments/unposted/']").count():
        open_page(page, url + "/claims/?show=paid")
        row = page.locator("main tr[data-card]").first.inner_text()
        number = page.locator("main td a[href^='/claims/']").first.inner_text()
        family = next(word.rstrip(",") for word in row.split() if word.endswith(","))
        _take(page, url, "advice-0417.835", _lost(f"{number}X", family))
        open_page(page, url + "/payments/")
    follow(page, url, "a[href*='/payments/unposted/']")


def _lost(number: str, family: str) -> bytes:
    line = RemitLine("99213", 14_200, 9_800, (Adjustment("CO", "45", 2_400), Adjustment("PR", "3", 2_000)))
    claim = RemitClaim(
        number, "1", 14_200, 9_800, 2_000, "SUNCO00004711", lines=(line,), patient_last_name=family.upper()
    )
    return _advice("EFT0417", (claim,))


def _advice(trace: str, claims: tuple[RemitClaim, ...], *changes: ProviderAdjustment) -> bytes:
    now = datetime.now(UTC)
    cents = sum(one.paid_cents for one in claims) - sum(one.cents for one in changes)
    payer, payee = Party("Sunrise Health Plan", "1371000001", address=PLAZA), Party("Maple Street Clinic", "1234567893")
    paid = Remittance(payer, payee, cents, "ACH", trace, now.date(), claims, provider_adjustments=changes)
    return write_835(paid, Envelope("SUNCO", "1234567893", now, 417, 417))


def _take(page: Page, url: str, name: str, body: bytes) -> None:
    """Take a file of a payer's in, as one does that came by a portal."""
    open_page(page, url + "/claims/files/")
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/plain", "buffer": body})
    page.locator("form[action$='/take/'] button").click()
    page.wait_for_load_state()


def denials(page: Page, url: str) -> None:
    """Four claims that a payer has paid, taken back and denied."""
    open_page(page, url + "/denials/")
    if not page.locator(".denials > li").count():
        remittance(page, url)
        answers: list[RemitClaim] = []
        for row, carc in zip(page.locator("main tbody tr").all(), ("197", "29", "16", "97"), strict=False):
            number = row.locator("td").first.inner_text().strip()
            charge, adjusted, share, paid = (_cents(one.inner_text()) for one in row.locator("td.n").all())
            off = tuple(one for one in (Adjustment("CO", "45", -adjusted), Adjustment("PR", "2", -share)) if one.cents)
            answers.append(RemitClaim(number, "22", -charge, -paid, -share, "SUNCO1", adjustments=off))
            whole = (Adjustment("CO", carc, charge),)
            answers.append(RemitClaim(number, "4", charge, 0, 0, "SUNCO1", adjustments=whole))
        back = sum(one.paid_cents for one in answers)
        carried = ProviderAdjustment("1234567893", date(datetime.now(UTC).year, 12, 31), "FB", back, "NEXT")
        _take(page, url, "advice-0418.835", _advice("EFT0418", tuple(answers), carried))
        open_page(page, url + "/denials/")


def _cents(text: str) -> int:
    return int(text.strip().strip("−$").replace(",", "").replace(".", ""))


def remittance(page: Page, url: str) -> None:
    """The payment that answers most claims."""
    open_page(page, url + "/payments/")
    rows = page.locator("main tr[data-card]").all()
    most = max(rows, key=lambda row: int(row.locator("td.n").first.inner_text() or 0))
    open_page(page, url + str(most.locator("a[href^='/payments/']").first.get_attribute("href")))


def drawer(page: Page, url: str) -> None:
    """The drawer open, and being counted."""
    open_page(page, url + "/books/drawer/")
    if page.locator("input[name=float_cents]").count():
        page.locator("input[name=float_cents]").fill("100")
        page.locator("form[action$='/open/'] button").click()
        page.locator("input[name=piece10000]").wait_for()
    for piece, many in (("2000", "3"), ("1000", "2"), ("500", "3"), ("100", "5")):
        page.locator(f"input[name=piece{piece}]").fill(many)


def bank(page: Page, url: str) -> None:
    """A statement of the bank's taken in: what it held is said, some lines seem to belong, a fee is only there."""
    open_page(page, url + "/books/bank/")
    if not page.locator("form[action$='/begin/'], form[action$='/reconcile/']").count():
        page.locator("#statement").set_input_files(
            {"name": "statement.ofx", "mimeType": "text/plain", "buffer": _statement(page)}
        )
        page.locator("form[action$='/take-in/'] button").click()
        page.locator("form[action$='/begin/'] button").click()
        page.locator("form[action$='/reconcile/']").wait_for()


def _statement(page: Page) -> bytes:
    """What a bank would say of the movements that stand on the page: all but the last, and a fee."""
    rows = page.locator("section[aria-label='Only in the books'] li").all()
    lines: list[tuple[date, float, str]] = []
    for row in rows[: max(1, len(rows) - 1)][-6:]:
        text = row.inner_text()
        amount = re.search(r"(−?)\$([\d,]+\.\d\d)", text)
        day = re.search(r"\d{1,2} \w{3} \d{4}", text)
        if amount and day:
            dollars = float(amount[2].replace(",", "")) * (-1 if amount[1] else 1)
            on = datetime.strptime(day[0], "%d %b %Y").replace(tzinfo=UTC).date()
            lines.append((on, dollars, " ".join(text.split("\n")[0].upper().split())[:32]))
    end = max((on for on, _, _ in lines), default=datetime.now(UTC).date() - timedelta(days=1))
    lines.append((end, -18.5, "MONTHLY SERVICE FEE"))
    shown = "".join(
        LINE.format(on=on, cents=cents, number=number, words=words) for number, (on, cents, words) in enumerate(lines)
    )
    return OFX.format(lines=shown, balance=HELD + sum(cents for _, cents, _ in lines), end=end).encode()


def statements(page: Page, url: str) -> None:
    """Who is to get a statement; where nobody is yet, those that were sent."""
    open_page(page, url + "/books/statements/")
    if not page.locator("main .rows li").count():
        open_page(page, url + "/books/statements/?show=sent")
