"""The drawer, deposits, expenses, and the bank beside the books."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from liaison.billing.actions import take_payment
from liaison.billing.actions.books import bank, drawer, expenses
from liaison.billing.actions.books.periods import close_books
from liaison.billing.models import BankLine, BankMatch, Deposit, Drawer, Expense, Transfer
from liaison.billing.papers.slips import slip_pdf
from liaison.billing.promises import balances_agree, closed_periods_hold, ledger_adds_up
from liaison.billing.queries.bank import reconciliation
from liaison.billing.queries.drawer import slip, undeposited
from liaison.engines.bank import BankFileError, read
from liaison.kernel import clock
from liaison.kernel.errors import Conflict, Invalid
from tests.billing.clinic import TEST, Practice
from tests.billing.pdf_words import words_of
from tests.kernel.test_pictures import HERE, SIZE, opened, photograph

DAY = datetime(2026, 3, 9, 15, 0, tzinfo=UTC)
OFX = """OFXHEADER:100
DATA:OFXSGML

<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD<BANKACCTFROM><BANKID>071<ACCTID>000111222333<ACCTTYPE>CHECKING
</BANKACCTFROM><BANKTRANLIST><DTSTART>20260301<DTEND>20260331
{lines}</BANKTRANLIST><LEDGERBAL><BALAMT>{balance}<DTASOF>20260331</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
"""
LINE = "<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>{day}120000<TRNAMT>{amount}<FITID>{mark}<NAME>{words}</STMTTRN>\n"


def ofx(*lines: tuple[str, str, str], balance: str = "0.00") -> bytes:
    """A statement: (day, amount, words) of each line."""
    shown = "".join(
        LINE.format(day=day, amount=amount, mark=f"{day}-{number}", words=words)
        for number, (day, amount, words) in enumerate(lines)
    )
    return OFX.format(lines=shown, balance=balance).encode()


@pytest.fixture(autouse=True)
def then() -> Iterator[None]:
    with clock.at(DAY):
        yield


@pytest.fixture
def payments(practice: Practice) -> list[Transfer]:
    """Cash $20.00, a check of $50.00, a card of $30.00."""
    patient = practice.patient()
    return [
        take_payment(TEST, patient.pk, cents=cents, method=method)
        for cents, method in ((2_000, "cash"), (5_000, "check"), (3_000, "card"))
    ]


def test_a_drawer_is_counted_against_what_it_should_hold(practice: Practice) -> None:
    opened = drawer.open_drawer(TEST, practice.site.pk, 10_000)
    with pytest.raises(Conflict, match="open already"):
        drawer.open_drawer(TEST, practice.site.pk, 0)
    with clock.at(DAY.replace(hour=16)):
        take_payment(TEST, practice.patient().pk, cents=2_500, method="cash")
        take_payment(TEST, practice.patient().pk, cents=9_900, method="card")
        with pytest.raises(Invalid, match=r"\$5.00 short"):
            drawer.close_drawer(TEST, opened.pk, {10_000: 1, 2_000: 1})
        closed = drawer.close_drawer(TEST, opened.pk, {10_000: 1, 2_000: 1}, "gave out change wrongly")
    assert (closed.expected_cents, closed.counted_cents) == (12_500, 12_000)
    posted = Transfer.objects.get(kind="over-short")
    assert (posted.debit, posted.credit, posted.cents) == ("over-short", "drawer", 500)
    assert list(ledger_adds_up()) == []
    with pytest.raises(Conflict, match="closed already"):
        drawer.close_drawer(TEST, opened.pk, {})
    assert Drawer.objects.filter(closed_at=None).count() == 0


def test_what_goes_to_the_bank_goes_once(payments: list[Transfer]) -> None:
    cash, check, card = payments
    with pytest.raises(Conflict):
        drawer.deposit(TEST, [cash.pk, card.pk])
    made = drawer.deposit(TEST, [cash.pk, check.pk])
    assert (made.cents, slip(TEST, made.pk).cash_cents, len(slip(TEST, made.pk).checks)) == (7_000, 2_000, 1)
    assert "Total, 1 check" in {words.text for words in words_of(slip_pdf(slip(TEST, made.pk)))}
    with pytest.raises(Conflict, match="already"):
        drawer.deposit(TEST, [check.pk])
    assert list(undeposited()) == [card]
    drawer.deposit(TEST, [card.pk], Deposit.Kind.CARDS)
    moved = Transfer.objects.filter(kind="deposit").values_list("debit", "credit", "method", "cents")
    assert sorted(moved) == [
        ("bank", "drawer", "card", 3_000), ("bank", "drawer", "cash", 2_000), ("bank", "drawer", "check", 5_000)
    ]  # fmt: skip


def test_the_banks_lines_meet_the_books_and_the_rest_is_told(payments: list[Transfer]) -> None:
    made = drawer.deposit(TEST, [payments[0].pk, payments[1].pk])
    bought = expenses.enter_expense(
        TEST, account="supplies", vendor="Gauze and Co", cents=1_250, paid_on=date(2026, 3, 5), paid_from="bank"
    )
    body = ofx(("20260310", "70.00", "DEPOSIT"), ("20260306", "-12.50", "GAUZE"), ("20260331", "-8.00", "MONTHLY FEE"),
               balance="49.50")  # fmt: skip
    bank.take_in_statement(TEST, "march.ofx", body)
    with pytest.raises(Conflict, match="already"):
        bank.take_in_statement(TEST, "march again.ofx", body)
    with clock.at(DAY.replace(month=4)):
        view = reconciliation(TEST)
        pairs = {one.line.pk: one.movement.key for one in view.offers if one.movement}
        assert set(pairs.values()) == {made.transaction, bought.transfer.transaction}
        assert (view.books_cents, view.only_bank_cents, view.only_books_cents) == (5_750, 4_950, 5_750)
        assert view.difference_cents == 0
        bank.match(TEST, pairs)
        with pytest.raises(Conflict, match="already"):
            bank.match(TEST, pairs)
        fee = next(one.line for one in reconciliation(TEST).offers)
        bank.expense_of_line(TEST, fee.pk, account="fees", vendor="First Bank")
        view = reconciliation(TEST)
        assert (view.offers, view.outstanding, view.books_cents, view.difference_cents) == ([], [], 4_950, 0)
        with pytest.raises(Conflict, match="Undo the match"):
            expenses.cancel_expense(TEST, bought.pk, "wrong")
        undone = BankMatch.objects.get(movement=made.transaction)
        bank.undo_match(TEST, undone.pk, "wrong line")
        assert len(reconciliation(TEST).outstanding) == 1


def test_two_that_fit_alike_are_left_to_a_person(practice: Practice) -> None:
    patient = practice.patient()
    keys: list[UUID] = []
    for _ in range(2):
        paid = take_payment(TEST, patient.pk, cents=5_000, method="check")
        keys.append(drawer.deposit(TEST, [paid.pk]).transaction)
    bank.take_in_statement(TEST, "a.ofx", ofx(("20260310", "50.00", "DEPOSIT")))
    with clock.at(DAY.replace(month=4)):
        (offer,) = reconciliation(TEST).offers
        assert (offer.movement, {one.key for one in offer.others}) == (None, set(keys))
        other = take_payment(TEST, patient.pk, cents=700, method="check")
        made = drawer.deposit(TEST, [other.pk])
        with pytest.raises(Conflict, match="amounts differ"):
            bank.match(TEST, {offer.line.pk: made.transaction})


def test_files_that_overlap_bring_each_line_once(practice: Practice) -> None:
    bank.take_in_statement(TEST, "a.ofx", ofx(("20260310", "50.00", "A"), ("20260311", "60.00", "B")))
    bank.take_in_statement(TEST, "b.ofx", ofx(("20260310", "50.00", "A"), ("20260311", "60.00", "B"),
                                              ("20260312", "70.00", "C")))  # fmt: skip
    assert sorted(BankLine.objects.values_list("cents", flat=True)) == [5_000, 6_000, 7_000]


@pytest.mark.parametrize(
    ("text", "cents", "closing"),
    [
        ("Date,Description,Amount,Balance\n03/10/2026,DEPOSIT,70.00,170.00\n03/11/2026,FEE,(8.00),162.00\n",
         [7_000, -800], 16_200),
        ("Account 123\n\nPosting Date;Payee;Debit;Credit\n2026-03-10;A;;\"1,234.50\"\n2026-03-10;A;;\"1,234.50\"\n",
         [123_450, 123_450], None),
        ("Date\tAmount\tCheck Number\n3/1/26\t-$12.00\t1009\n", [-1_200], None),
    ],
)  # fmt: skip
def test_csv_as_banks_write_it(text: str, cents: list[int], closing: int | None) -> None:
    found = read(text.encode("utf-8-sig"))
    assert ([row.cents for row in found.rows], found.closing_cents) == (cents, closing)
    assert len({row.mark for row in found.rows}) == len(cents)


@pytest.mark.parametrize(
    "body",
    [b"", b"\x00\x01", b"name,phone\nAna,1\n", b"Date,Amount\nyesterday,3\n", b"Date,Amount\n2026-03-01,much\n",
     b"<OFX>", ofx(("20261341", "1.00", "A")), ofx(("20260301", "one", "A")), b"Date,Amount\n"],
)  # fmt: skip
def test_what_is_no_statement_is_refused_in_words(body: bytes) -> None:
    with pytest.raises(BankFileError, match=r"\.$"):
        read(body)


def test_an_expense_keeps_its_receipts_and_is_corrected_by_a_counter_entry(practice: Practice) -> None:
    photo = expenses.Paper("IMG_1.jpg", photograph("JPEG", 6))
    with pytest.raises(Invalid, match="Choose a PDF or a photograph"):
        expenses.enter_expense(
            TEST, account="postage", vendor="Post", cents=500, paid_on=DAY.date(), paid_from="drawer",
            papers=[expenses.Paper("x.exe", b"MZ")],
        )  # fmt: skip
    assert Transfer.objects.count() == 0
    made = expenses.enter_expense(
        TEST, account="postage", vendor="Post", cents=500, paid_on=DAY.date(), paid_from="drawer", papers=[photo, photo]
    )
    expenses.add_papers(TEST, made.pk, [photo, expenses.Paper("bill.pdf", b"%PDF-1.7 ...")])
    kept = made.papers.get(media_type="image/jpeg")
    assert opened(bytes(kept.body)).size == SIZE[::-1], "upright"
    assert HERE not in bytes(kept.body)
    assert made.papers.count() == 2
    expenses.cancel_expense(TEST, made.pk, "entered twice")
    with pytest.raises(Conflict, match="already"):
        expenses.cancel_expense(TEST, made.pk, "again")
    assert Transfer.objects.filter(debit="drawer", credit="postage", cents=500).count() == 1
    assert [*ledger_adds_up(), *balances_agree()] == []


def test_an_expense_of_a_closed_day_is_refused_in_words(practice: Practice) -> None:
    close_books(TEST, date(2026, 2, 28))
    with pytest.raises(Conflict, match="closed through 28 Feb 2026"):
        expenses.enter_expense(
            TEST, account="repairs", vendor="Handy", cents=500, paid_on=date(2026, 2, 27), paid_from="bank"
        )
    expenses.enter_expense(
        TEST, account="repairs", vendor="Handy", cents=500, paid_on=date(2026, 3, 1), paid_from="bank"
    )
    assert Expense.objects.count() == 1
    assert list(closed_periods_hold()) == []
