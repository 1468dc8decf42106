"""Thirty-two at once: refunds, write-offs, statements, plans and payments on them; one wins, the others are told."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from liaison.billing import queries
from liaison.billing.actions import batch, process, take_in, take_payment
from liaison.billing.actions.books.balances import refund_patient, void_payment, write_off_balance
from liaison.billing.actions.books.collecting import agree_plan
from liaison.billing.actions.books.expenses import enter_expense
from liaison.billing.actions.books.statements import make_due, make_statement
from liaison.billing.jobs.books import look_at_plans
from liaison.billing.models import Expense, PaymentPlan, Statement, Transfer
from liaison.billing.queries.statements import due, plans
from liaison.kernel import clock, ids
from liaison.kernel.errors import Conflict
from liaison.people.models import Patient
from liaison.record.promises import broken
from tests.billing.clinic import TEST, open_practice
from tests.billing.remits import paid, remittance

NOW = datetime(2026, 3, 20, 15, 0, tzinfo=UTC)
MANY = 32
pytestmark = pytest.mark.usefixtures("own_database")


def at_once(act: Callable[[], Any], at: datetime = NOW) -> tuple[list[Any], list[str]]:
    """What those answered who won, and the sentences of the others, of 32 who do the same at the same time."""

    def run(_: int) -> tuple[Any, str]:
        try:
            with clock.at(at):
                return act(), ""
        except Conflict as refusal:
            return None, refusal.sentence
        finally:
            connection.close()

    with ThreadPoolExecutor(MANY) as pool:
        answers = list(pool.map(run, range(MANY)))
    return [won for won, _ in answers if won is not None], [sentence for _, sentence in answers if sentence]


def owing(cents: int = 8_100) -> Patient:
    """Somebody of whom the payer leaves $81.00 to pay."""
    practice = open_practice()
    claim = practice.claim()
    batch(TEST)
    process(TEST, take_in(TEST, "835", "a.835", remittance(paid(claim, (3_000, cents)))).pk)
    return claim.patient


def test_a_refund_that_many_press_is_paid_once() -> None:
    patient = open_practice().patient()
    take_payment(TEST, patient.pk, cents=5_000, method="check")
    key = ids.new_id()
    pay: dict[str, Any] = {"cents": 1_000, "method": "check", "reason": "asked"}
    won, sentences = at_once(lambda: refund_patient(TEST, patient.pk, once=key, **pay))
    assert (len(won), len(sentences), queries.balance_of(patient.pk)) == (1, MANY - 1, -4_000)
    assert set(sentences) == {"This is in the books already. Look at the entries before you enter it again."}
    # Who means it each time stops at what is there
    won, sentences = at_once(lambda: refund_patient(TEST, patient.pk, **pay))
    assert (len(won), queries.balance_of(patient.pk)) == (4, 0)
    assert set(sentences) == {"The patient has paid $0.00 ahead. Refund no more than that."}
    assert broken() == {}


def test_a_balance_is_written_off_once() -> None:
    patient = owing()
    won, sentences = at_once(lambda: write_off_balance(TEST, patient.pk, cents=8_100, reason="small"))
    assert (len(won), len(sentences), queries.balance_of(patient.pk)) == (1, MANY - 1, 0)
    assert set(sentences) == {"The patient owes $0.00. Write off no more."}
    assert broken() == {}


def test_statements_that_many_make_are_made_once() -> None:
    patient = owing()
    with clock.at(NOW):
        assert [one.patient for one in due(TEST)] == [patient]
    made, _ = at_once(lambda: make_due(TEST))
    assert sum(len(one) for one in made) == Statement.objects.count() == 1
    with clock.at(NOW + timedelta(days=1)):
        take_payment(TEST, patient.pk, cents=100, method="cash")
    # The patient asks for another, and the desk presses twice
    asked, sentences = at_once(lambda: make_statement(TEST, patient.pk))
    number = Statement.objects.latest("sequence").number
    assert (len(asked), Statement.objects.count()) == (1, 2)
    assert set(sentences) == {f"Statement {number} of today says the same. Print that one."}


def test_a_plan_is_agreed_once_and_each_payment_on_it_counts_once() -> None:
    patient = owing()
    first_on = NOW.date() + timedelta(days=1)
    won, sentences = at_once(lambda: agree_plan(TEST, patient.pk, cents=2_700, first_on=first_on))
    assert (len(won), PaymentPlan.objects.count()) == (1, 1)
    assert set(sentences) == {"The patient has a payment plan already. End it first."}
    key = ids.new_id()
    later = NOW + timedelta(hours=1)
    first, sentences = at_once(lambda: take_payment(TEST, patient.pk, cents=2_700, method="card", once=key), later)
    assert (len(first), len(sentences)) == (1, MANY - 1)
    # Thirty-two instalments at the same moment are thirty-two receipts
    taken, _ = at_once(lambda: take_payment(TEST, patient.pk, cents=100, method="card"), later)
    assert len({one.receipt for one in taken}) == MANY
    with clock.at(NOW + timedelta(days=40)):
        (standing,) = plans(TEST)
        assert (standing.paid_cents, [one.paid_cents for one in standing.instalments]) == (5_900, [2_700, 2_700, 500])
    at_once(look_at_plans.call)
    assert queries.balance_of(patient.pk) == 8_100 - 5_900
    assert broken() == {}


def test_a_payment_in_error_is_taken_back_once() -> None:
    patient = open_practice().patient()
    wrong = take_payment(TEST, patient.pk, cents=5_000, method="check")
    won, sentences = at_once(lambda: void_payment(TEST, wrong.pk, "another's"))
    assert (len(won), set(sentences)) == (1, {"This payment was taken back already."})
    assert queries.balance_of(patient.pk) == 0


def test_an_expense_that_is_sent_twice_is_entered_once() -> None:
    open_practice()
    key, day = ids.new_id(), NOW.date()
    won, sentences = at_once(
        lambda: enter_expense(
            TEST, account="postage", vendor="Post", cents=500, paid_on=day, paid_from="bank", once=key
        )
    )
    assert (len(won), len(sentences), Expense.objects.count(), Transfer.objects.count()) == (1, MANY - 1, 1, 1)
