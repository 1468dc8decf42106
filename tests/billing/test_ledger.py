"""The ledger: whatever happens in whatever order, it adds up, and no entry of it is ever changed."""

from typing import Any

import hypothesis
import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import strategies as st

from liaison.billing import ledger, queries
from liaison.billing.actions import batch, confirm_charges, draft_charges, process, take_in, take_payment
from liaison.billing.models import Account, Claim, Transfer
from liaison.billing.promises import ledger_adds_up, ledger_is_append_only, payments_agree, sent_claims_have_files
from liaison.engines.x12 import RemitClaim
from liaison.kernel import ids
from liaison.people.models import Patient
from liaison.record.change import change
from liaison.record.guard import WriteOutsideChange
from tests.billing.clinic import TEST, Practice
from tests.billing.remits import denied, paid, remittance, taken_back

PRICE = 19_500
CENTS = st.integers(0, 9_000)
WHO = st.integers(0, 5)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("charge"), st.booleans()),
        st.tuples(st.just("pay"), WHO, CENTS, CENTS),
        st.tuples(st.just("deny"), WHO),
        st.tuples(st.just("take_back"), WHO),
        st.tuples(st.just("collect"), WHO, st.integers(1, 40_000)),
    ),
    min_size=4,
    max_size=10,
)


class Books:
    """A practice at work, with what its books should say counted along by hand."""

    def __init__(self, practice: Practice) -> None:
        self.practice = practice
        self.patients: list[Patient] = []
        self.open: list[Claim] = []
        self.paid: list[RemitClaim] = []
        self.collected: dict[Any, int] = {}
        self.files = 0
        self.expected = {"charged": 0, "paid": 0, "adjusted": 0, "patient": 0}

    def charge(self, covered: bool) -> None:
        patient = self.practice.patient()
        self.patients.append(patient)
        encounter = self.practice.visit(patient)
        draft_charges(TEST, encounter.pk, visit_type="follow-up")
        claim = confirm_charges(TEST, encounter.pk, self_pay=not covered)
        self.expected["charged"] += PRICE
        if claim is None:
            self.expected["patient"] += PRICE
        else:
            batch(TEST)
            self.open.append(claim)

    def pay(self, who: int, off: int, share: int) -> None:
        if self.open:
            claim = self.open.pop(who % len(self.open))
            self.paid.append(answer := paid(claim, (off, share)))
            self._answer(answer, 1)

    def deny(self, who: int) -> None:
        if self.open:
            self._answer(denied(self.open[who % len(self.open)]), 0)

    def take_back(self, who: int) -> None:
        if self.paid:
            answer = self.paid.pop(who % len(self.paid))
            self.open.append(Claim.objects.get(number=answer.control_number))
            self._answer(taken_back(answer), 1)

    def _answer(self, answer: RemitClaim, counts: int) -> None:
        self.files += 1
        exchange = take_in(TEST, "835", "835", remittance(answer, trace=f"T{self.files}"))
        assert process(TEST, exchange.pk).status == "posted"
        adjustments = list(answer.all_adjustments())
        self.expected["paid"] += answer.paid_cents
        self.expected["patient"] += counts * sum(a.cents for a in adjustments if a.group == "PR")
        self.expected["adjusted"] += counts * sum(a.cents for a in adjustments if a.group == "CO")

    def collect(self, who: int, cents: int) -> None:
        if self.patients:
            patient = self.patients[who % len(self.patients)]
            take_payment(TEST, patient.pk, cents=cents, method="card")
            self.collected[patient.pk] = self.collected.get(patient.pk, 0) + cents

    def check(self) -> None:
        totals = queries.totals()
        assert totals.balanced
        found = (totals.charged_cents, totals.paid_cents, totals.adjusted_cents, totals.patient_cents)
        assert found == tuple(self.expected.values())
        for patient in self.patients:
            account = queries.account_for(TEST, patient.pk)
            assert account.balance_cents == queries.balance_of(patient.pk)
            assert account.balance_cents == sum(visit.balance_cents for visit in account.visits)
            assert account.balance_cents == sum(line.patient_cents for line in account.lines)
            assert sum(visit.patient_paid_cents for visit in account.visits) == self.collected.get(patient.pk, 0)
        for promise in (ledger_adds_up, payments_agree, sent_claims_have_files):
            assert list(promise()) == []


@hypothesis.settings(
    max_examples=12,
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture, hypothesis.HealthCheck.too_slow],
)
@hypothesis.given(steps=STEPS)
def test_charged_is_paid_adjusted_owed_and_open_at_every_step(practice: Practice, steps: list[tuple[Any, ...]]) -> None:
    with transaction.atomic():
        books = Books(practice)
        books.charge(True)
        for name, *facts in steps:
            getattr(books, name)(*facts)
            books.check()
        transaction.set_rollback(True)


@pytest.mark.parametrize("verb", ["UPDATE billing_transfer SET cents = 1", "DELETE FROM billing_transfer"])
def test_the_database_refuses_to_change_or_remove_an_entry(practice: Practice, verb: str) -> None:
    claim = practice.claim()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(verb)
    assert Transfer.objects.get().cents == claim.total_cents
    assert list(ledger_is_append_only()) == []
    assert Transfer.objects.get().cents == claim.total_cents


def test_an_entry_is_written_through_a_change_only(practice: Practice) -> None:
    claim = practice.claim()
    facts = {"transaction": ids.new_id(), "at": claim.status_at, "patient": claim.patient}
    new = ledger.entry("copay", Account.DRAWER, Account.PATIENT_RECEIVABLE, 500, **facts)
    with pytest.raises(WriteOutsideChange):
        new.save()


@pytest.mark.parametrize(("debit", "credit", "cents"), [("bank", "bank", 5), ("bank", "services", 0)])
def test_the_database_refuses_an_entry_of_nothing_or_within_one_account(
    practice: Practice, debit: str, credit: str, cents: int
) -> None:
    claim = practice.claim()
    facts = {"transaction": ids.new_id(), "at": claim.status_at, "patient": claim.patient, "kind": "payment"}
    wrong = Transfer(debit=debit, credit=credit, cents=cents, **facts)
    with change(TEST, "billing.post") as this, pytest.raises(DatabaseError), transaction.atomic():
        this.save_new([wrong])


def test_a_move_that_no_kind_of_entry_makes_is_refused_and_noticed(practice: Practice) -> None:
    with pytest.raises(ValueError, match="does not move"):
        ledger.entry("copay", Account.BANK, Account.PATIENT_RECEIVABLE, 5)
    with change(TEST, "billing.post") as this:
        wrong = {
            "transaction": ids.new_id(),
            "at": this.at,
            "patient": practice.patient(),
            "kind": "payment",
            "cents": 5,
        }
        this.save_new([Transfer(debit=Account.PAYER_RECEIVABLE, credit=Account.BANK, **wrong)])
        this.save_new([Transfer(debit=Account.BANK, credit=Account.SERVICES, **wrong | {"transaction": ids.new_id()})])
    assert any("no kind of entry" in sentence for sentence in ledger_adds_up())
