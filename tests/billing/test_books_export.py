"""What the books give to other programs: balanced, complete, and without a patient's name."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from beancount import loader
from django.core.management import CommandError, call_command

from liaison.billing.actions import take_payment
from liaison.billing.actions.books.balances import refund_patient, void_payment
from liaison.billing.actions.books.drawer import deposit
from liaison.billing.actions.books.expenses import enter_expense
from liaison.billing.actions.books.periods import close_books
from liaison.billing.models import Account, Transfer
from liaison.billing.queries.periods import balances_at
from liaison.kernel import clock
from tests.billing.clinic import TEST, Practice

MARCH, APRIL = datetime(2026, 3, 9, 15, 0, tzinfo=UTC), datetime(2026, 4, 9, 15, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def books(practice: Practice) -> Iterator[Practice]:
    """March with a claim, payments, a refund, an expense; closed. Then April."""
    with clock.at(MARCH):
        practice.claim()
        patient = practice.patient(family="Quintanilla")
        paid = take_payment(TEST, patient.pk, cents=9_000, method="check", memo="from Mrs Quintanilla")
        wrong = take_payment(TEST, patient.pk, cents=1_000, method="cash")
        void_payment(TEST, wrong.pk, "was Quintanilla's sister")
        refund_patient(TEST, patient.pk, cents=3_000, method="check", reason="Quintanilla asked", reference='9" =1')
        deposit(TEST, [paid.pk])
        enter_expense(
            TEST, account="supplies", vendor='Gauze "Best" \\ Co', cents=1_250, paid_on=date(2026, 3, 5),
            paid_from="bank", reference="=cmd",
        )  # fmt: skip
    with clock.at(APRIL):
        close_books(TEST, date(2026, 3, 31))
        take_payment(TEST, patient.pk, cents=700, method="card")
        yield practice


def exported(path: Path, *options: str) -> str:
    call_command("books", "export", "-o", str(path), *options, stdout=io.StringIO())
    return path.read_text("utf-8")


@pytest.mark.parametrize("options", [(), ("--from", "2026-04-01"), ("--from", "2026-03-09", "--to", "2026-03-09")])
def test_beancounts_own_checker_accepts_it(tmp_path: Path, options: tuple[str, ...]) -> None:
    path = tmp_path / "books.beancount"
    text = exported(path, *options)
    found, errors, _ = loader.load_file(str(path))
    assert errors == []
    assert len([one for one in found if type(one).__name__ == "Balance"]) >= len(Account)
    assert "Quintanilla" not in text


def test_the_checker_finds_what_was_changed(tmp_path: Path) -> None:
    path = tmp_path / "books.beancount"
    path.write_text(exported(path).replace("Assets:Bank  90.00", "Assets:Bank  91.00"), "utf-8")
    assert loader.load_file(str(path))[1] != []


def test_csv_holds_every_entry_once(tmp_path: Path) -> None:
    text = exported(tmp_path / "books.csv", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["entry"] for row in rows} == {str(key) for key in Transfer.objects.values_list("pk", flat=True)}
    assert "Quintanilla" not in text
    bank = sum(Decimal(row["amount"]) * ((row["debit"] == "bank") - (row["credit"] == "bank")) for row in rows)
    assert bank * 100 == balances_at(datetime(2026, 5, 1, tzinfo=UTC))["bank"]
    assert not any(row["reference"].startswith("=") for row in rows)


def test_days_the_wrong_way_round_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="is after the last"):
        exported(tmp_path / "x", "--from", "2026-04-02", "--to", "2026-04-01")
    with pytest.raises(CommandError, match="cannot be written"):
        exported(tmp_path / "no" / "folder")
