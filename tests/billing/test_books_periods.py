"""Closed periods and balances: the database itself keeps them, whoever writes past Python."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from liaison.billing.actions import take_payment
from liaison.billing.actions.books.periods import close_books, moment_of, reopen_books
from liaison.billing.books import days
from liaison.billing.models import Balance, Closing, Transfer
from liaison.billing.promises import balances_agree, closed_periods_hold
from liaison.billing.queries.periods import balances_at, closed_until
from liaison.kernel import clock
from liaison.kernel.errors import Conflict, Forbidden, Invalid
from liaison.people.actors import of_staff
from liaison.people.staffing import add_staff
from liaison.record.models import AuditEntry
from tests.billing.clinic import TEST, Practice

MARCH, NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC), datetime(2026, 4, 2, 15, 0, tzinfo=UTC)


def raw_copy(of: Transfer, **other: Any) -> None:
    """The entry once more, written by SQL alone with other values."""
    names = [field.column for field in Transfer._meta.concrete_fields]
    values = {"id": "f" * 32} | other
    said = ", ".join("%s" if name in values else f'"{name}"' for name in names)
    columns = ", ".join(f'"{name}"' for name in names)
    key = of.pk.hex if connection.vendor == "sqlite" else of.pk
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO billing_transfer ({columns}) SELECT {said} FROM billing_transfer WHERE id = %s",
            [*(values[name] for name in names if name in values), key],
        )


@pytest.fixture
def paid(practice: Practice) -> Transfer:
    """A payment of March; the day is one of April."""
    with clock.at(MARCH):
        practice.claim()
        return take_payment(TEST, practice.patient().pk, cents=2_500, method="cash")


def test_the_database_refuses_an_entry_of_a_closed_day(paid: Transfer) -> None:
    with clock.at(NOW):
        raw_copy(paid, at="2026-03-31 12:00:00+00:00")
        close_books(TEST, date(2026, 3, 31))
    with pytest.raises(DatabaseError, match="closed"):
        raw_copy(paid, id="e" * 32, at="2026-03-31 12:00:00+00:00")
    assert Transfer.objects.filter(at__date=date(2026, 3, 31)).count() == 1
    assert list(closed_periods_hold()) == []


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"cents": 0}, "transfer_moves_something"),
        ({"cents": -5}, "(?i)check constraint"),
        ({"debit": "bank", "credit": "bank"}, "transfer_between_two_accounts"),
        ({"debit": None}, "(?i)not.null"),
    ],
)
def test_the_database_refuses_an_unbalanced_entry(paid: Transfer, wrong: dict[str, Any], why: str) -> None:
    before = Transfer.objects.count()
    with pytest.raises(DatabaseError, match=why):
        raw_copy(paid, **wrong)
    assert Transfer.objects.count() == before


@pytest.mark.parametrize("statement", ["UPDATE billing_transfer SET cents = 1", "DELETE FROM billing_transfer"])
def test_the_database_refuses_to_change_or_remove_an_entry(paid: Transfer, statement: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    paid.refresh_from_db()
    assert paid.cents == 2_500


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM billing_closing",
        "UPDATE billing_closing SET until = '2020-01-01 00:00:00+00:00'",
        "UPDATE billing_closing SET reopened_at = '2026-04-01 00:00:00+00:00', reopen_reason = ''",
    ],
)
def test_a_closing_cannot_be_undone_past_the_action(paid: Transfer, statement: str) -> None:
    with clock.at(NOW):
        close_books(TEST, date(2026, 3, 31))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert closed_until() == days.end(date(2026, 3, 31))


def test_balances_follow_each_entry_even_one_past_python(paid: Transfer) -> None:
    raw_copy(paid, at="2026-03-03 12:00:00+00:00")
    assert Balance.objects.get(patient=paid.patient_id).cents == -5_000
    assert list(balances_agree()) == []
    assert Balance.objects.filter(account="payer-receivable").get().cents == 19_500


def test_a_balance_that_was_tampered_with_is_told(paid: Transfer) -> None:
    Balance.objects.filter(patient=paid.patient_id).update(cents=7)
    assert list(balances_agree()) == ["Patients owe: a balance is kept that is off by $25.07 from its entries."]


def test_what_is_closed_is_brought_forward(paid: Transfer) -> None:
    with clock.at(NOW):
        closing = close_books(TEST, date(2026, 3, 31))
        assert closing.balances == {
            "drawer": 2_500, "patient-receivable": -2_500, "payer-receivable": 19_500, "services": -19_500
        }  # fmt: skip
        take_payment(TEST, paid.patient_id, cents=700, method="cash")  # type: ignore[arg-type]  # a patient's
    assert balances_at(days.end(date(2026, 4, 2)))["drawer"] == 3_200
    assert balances_at(days.begin(date(2026, 3, 2)))["drawer"] == 0


def test_who_may_close_and_reopen(paid: Transfer) -> None:
    biller = of_staff(add_staff(TEST, role="biller", family="Cole", given="Ida"))
    manager = of_staff(add_staff(TEST, role="office-manager", family="Boss", given="Amy"))
    with clock.at(NOW):
        with pytest.raises(Forbidden):
            close_books(biller, date(2026, 3, 31))
        closing = close_books(manager, date(2026, 3, 31), "March")
        with pytest.raises(Conflict, match="closed through 31 Mar 2026 already"):
            close_books(manager, date(2026, 3, 15))
        with pytest.raises(Invalid, match="yesterday at the latest"):
            close_books(manager, date(2026, 4, 2))
        with pytest.raises(Conflict, match="closed through 31 Mar 2026"):
            moment_of(date(2026, 3, 31), NOW)
        assert moment_of(date(2026, 4, 1), NOW) == days.noon(date(2026, 4, 1))
        with pytest.raises(Invalid, match="why"):
            reopen_books(manager, closing.pk, " ")
        reopen_books(manager, closing.pk, "Check 4711 was forgotten")
        with pytest.raises(Conflict, match="closed last"):
            reopen_books(manager, closing.pk, "again")
        assert moment_of(date(2026, 3, 31), NOW) == days.noon(date(2026, 3, 31))
    said = AuditEntry.objects.filter(action="books.close").order_by("seq").values_list("actor_name", "reason")
    assert list(said)[-1] == (manager.name, "Check 4711 was forgotten")
    raw_copy(paid, at=(NOW - timedelta(days=20)).isoformat(" "))
    assert Closing.objects.get().reopened_by == manager.name
