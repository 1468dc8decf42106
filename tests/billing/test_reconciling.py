"""The bank reconciled: what it held and what is matched since is what its statement ends with, or words say why."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from liaison.billing.actions import take_payment
from liaison.billing.actions.books import bank, drawer, expenses
from liaison.billing.actions.books.reconciling import begin_bank, reconcile, reopen_bank
from liaison.billing.models import BankLine, BankMatch, Reconciled
from liaison.billing.queries.bank import reconciliation
from liaison.billing.queries.reconciling import reconciled, standing, suggested
from liaison.kernel import clock
from liaison.kernel.errors import Conflict, Invalid
from tests.billing.clinic import TEST, Practice, open_practice
from tests.billing.test_books_bank import ofx
from tests.support.practice import small_practice
from tests.support.signed_in import client_of

NOW = datetime(2026, 5, 4, 15, 0, tzinfo=UTC)
MARCH, APRIL = date(2026, 3, 31), date(2026, 4, 30)


@pytest.fixture
def then() -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def lived(practice: Practice, then: None) -> None:
    """A deposit of $70.00, gauze for $12.50 that the bank knows, a check of $9.00 that it does not; the bank held
    $1,000.00 before, and took $8.00 in March."""
    with clock.at(NOW.replace(month=3, day=9)):
        paid = take_payment(TEST, practice.patient().pk, cents=7_000, method="check")
        drawer.deposit(TEST, [paid.pk])
        for vendor, cents, check in (("Gauze and Co", 1_250, ""), ("Not cashed", 900, "1009")):
            expenses.enter_expense(
                TEST, account="supplies", vendor=vendor, cents=cents, paid_on=date(2026, 3, 5), paid_from="bank",
                reference=check,
            )  # fmt: skip
    lines = (("20260310", "70.00", "DEPOSIT"), ("20260306", "-12.50", "GAUZE"), ("20260331", "-8.00", "FEE"))
    bank.take_in_statement(TEST, "march.ofx", ofx(*lines, balance="1049.50"))


def match_all() -> None:
    view = reconciliation(TEST)
    bank.match(TEST, {one.line.pk: one.movement.key for one in view.offers if one.movement})


@pytest.mark.usefixtures("lived")
def test_a_statement_closes_when_it_ends_with_what_was_held_and_matched() -> None:
    guess = suggested(TEST)
    assert guess is not None
    assert (guess.on, guess.cents) == (date(2026, 3, 5), 100_000)
    begin_bank(TEST, guess.on, guess.cents)
    assert "3 lines come to are not" not in standing(TEST).sentence
    assert standing(TEST).sentence.startswith("The bank says $49.50 more than what is matched. That is what 3 lines")
    match_all()
    now = standing(TEST)
    assert (now.opening_cents, now.matched_cents, now.difference_cents, now.open_lines) == (100_000, 5_750, -800, 1)
    with pytest.raises(Conflict, match=r"\$8.00 less .* 1 line .* is not matched yet: match them, and it agrees"):
        reconcile(TEST, MARCH, 104_950)
    (fee,) = reconciliation(TEST).offers
    bank.expense_of_line(TEST, fee.line.pk, account="fees", vendor="First Bank")
    assert standing(TEST).sentence.startswith("It agrees")
    view = reconciliation(TEST)
    assert (view.difference_cents, [one.words for one in view.outstanding]) == (0, ["Not cashed"])
    made = reconcile(TEST, MARCH, 104_950)
    assert (made.opening_cents, made.matched_cents, made.ending_cents) == (100_000, 4_950, 104_950)
    assert made.lines.count() == 3
    with pytest.raises(Conflict, match="reconciled through 31 Mar 2026 already"):
        reconcile(TEST, MARCH, 104_950)
    with pytest.raises(Conflict, match="Reopen that first"):
        bank.undo_match(TEST, BankMatch.objects.all()[0].pk, "wrong")


@pytest.mark.usefixtures("lived")
def test_the_next_statement_begins_where_the_last_ended() -> None:
    begin_bank(TEST, date(2026, 3, 5), 100_000)
    match_all()
    bank.expense_of_line(TEST, reconciliation(TEST).offers[0].line.pk, account="fees", vendor="")
    reconcile(TEST, MARCH, 104_950)
    bank.take_in_statement(TEST, "april.ofx", ofx(("20260402", "-9.00", "CHECK 1009"), balance="1030.50"))
    with pytest.raises(Conflict, match=r"\$19.00 less"):
        reconcile(TEST, APRIL, 103_050)
    match_all()
    april = standing(TEST)
    assert april.sentence == (
        "The bank says $10.00 less than what is matched. Every line is matched: "
        "a file of the bank’s is missing, or what it held before is wrong."
    )
    reconcile(TEST, APRIL, 104_050)
    assert [one.ending_cents for one in reconciled(TEST)] == [104_050, 104_950, 100_000]
    with pytest.raises(Conflict, match="reconciled last"):
        reopen_bank(TEST, reconciled(TEST)[1].pk, "wrong")
    with pytest.raises(Invalid, match="why"):
        reopen_bank(TEST, reconciled(TEST)[0].pk, " ")
    reopen_bank(TEST, reconciled(TEST)[0].pk, "a line was matched wrongly")
    assert standing(TEST).opening_cents == 104_950
    assert BankLine.objects.filter(reconciled=None).count() == 1


@pytest.mark.usefixtures("lived")
def test_what_was_held_before_is_said_once_and_takes_the_lines_up_to_then() -> None:
    match_all()
    with pytest.raises(Conflict, match="matched to the books"):
        begin_bank(TEST, date(2026, 3, 8), 100_000)
    with pytest.raises(Conflict, match="held before the books began"):
        reconcile(TEST, MARCH, 100_000)
    for wrong in (date(1800, 1, 1), date(2026, 5, 5)):
        with pytest.raises(Invalid, match="from 2000 on"):
            begin_bank(TEST, wrong, 100_000)
    begin_bank(TEST, date(2026, 3, 5), 100_000)
    with pytest.raises(Conflict, match="known already"):
        begin_bank(TEST, date(2026, 3, 4), 1)


@pytest.mark.usefixtures("lived")
def test_the_database_refuses_a_reconciliation_that_does_not_add_up() -> None:
    begin_bank(TEST, date(2026, 3, 5), 100_000)
    with (
        pytest.raises(DatabaseError, match="reconciled_to_the_cent"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE billing_reconciled SET ending_cents = 1")


@pytest.mark.usefixtures("own_database")
def test_a_statement_that_many_reconcile_is_reconciled_once() -> None:
    practice = open_practice()
    with clock.at(NOW):
        paid = take_payment(TEST, practice.patient().pk, cents=7_000, method="check")
        drawer.deposit(TEST, [paid.pk])
        bank.take_in_statement(TEST, "may.ofx", ofx(("20260504", "70.00", "DEPOSIT"), balance="70.00"))
        begin_bank(TEST, date(2026, 5, 3), 0)
        match_all()

    def act(_: int) -> str:
        try:
            with clock.at(NOW):
                reconcile(TEST, date(2026, 5, 4), 7_000)
            return "done"
        except Conflict as refusal:
            return refusal.sentence
        finally:
            connection.close()

    with ThreadPoolExecutor(32) as pool:
        said = list(pool.map(act, range(32)))
    assert said.count("done") == 1
    assert set(said) == {"done", "The bank is reconciled through 4 May 2026 already."}


def test_the_page_begins_reconciles_and_says_what_is_wrong(db: None) -> None:
    place = small_practice()
    biller = client_of(place.biller)
    bank.take_in_statement(place.biller, "a.ofx", ofx(("20260310", "50.00", "DEPOSIT"), balance="150.00"))
    shown = biller.get(reverse("bank")).content.decode()
    assert 'value="100.00"' in shown
    assert "What the bank held before" in shown
    for wrong in ({}, {"begun_on": "1800-01-01", "begun_cents": "1"}, {"begun_on": "2026-03-09", "begun_cents": "x"}):
        assert biller.post(reverse("begin-bank"), wrong).status_code == 422
    assert biller.post(reverse("begin-bank"), {"begun_on": "2026-03-09", "begun_cents": "100"}).status_code == 302
    answer = biller.post(reverse("reconcile-bank"), {"through": "2026-03-31", "ending_cents": "150.00"})
    assert answer.status_code == 422
    assert "$50.00 more" in answer.content.decode()
    assert (
        biller.post(reverse("reconcile-bank"), {"through": "2026-03-31", "ending_cents": "100.00"}).status_code == 302
    )
    last = Reconciled.objects.get(through=MARCH)
    assert biller.post(reverse("reopen-bank", args=[last.pk])).status_code == 422
    assert biller.post(reverse("reopen-bank", args=[last.pk]), {"reopen_reason": "wrong"}).status_code == 302
