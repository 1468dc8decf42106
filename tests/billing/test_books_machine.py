"""Money at random: charges, claims, payers' answers, second payments, recoveries, payments, refunds, write-offs, plans,
statements, agencies, closings.

After every step the books balance, what is kept beside the ledger is the ledger's, what a statement says is the sum of
the patient's entries, and aging of a past day is what it was on that day.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from liaison.billing import queries
from liaison.billing.actions import batch, bill_patient, confirm_charges, draft_charges, process, take_in, take_payment
from liaison.billing.actions.books.balances import refund_patient, void_payment, write_off_balance
from liaison.billing.actions.books.collecting import agency_paid, agree_plan, end_plan, give_up, place, recall
from liaison.billing.actions.books.drawer import deposit
from liaison.billing.actions.books.expenses import enter_expense
from liaison.billing.actions.books.periods import close_books, reopen_books
from liaison.billing.actions.books.statements import make_due
from liaison.billing.actions.remittances.unposted import keep_overpaid, refund_payer, send_back
from liaison.billing.books import days
from liaison.billing.models import Claim, Closing, PaymentPlan, Placement, Statement, Transfer, Unposted
from liaison.billing.promises import (
    balances_agree,
    closed_periods_hold,
    ledger_adds_up,
    payments_agree,
    payments_are_in_the_bank,
    statements_agree,
    unapplied_waits,
)
from liaison.billing.queries import aging
from liaison.billing.queries.daysheet import day_sheet, owed_at
from liaison.billing.queries.drawer import undeposited
from liaison.billing.queries.statements import visits_of
from liaison.engines.x12 import ProviderAdjustment, RemitClaim
from liaison.kernel import clock
from liaison.kernel.errors import Refused
from liaison.people.models import Patient
from tests.billing.clinic import TEST, Practice
from tests.billing.remits import denied, paid, remittance, taken_back

WHO, CENTS = st.integers(0, 7), st.integers(1, 25_000)
START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


class Money(RuleBasedStateMachine):
    """A practice whose day goes on with every step; what is refused changes nothing."""

    practice: Practice

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.now = START
        self.patients: list[Patient] = []
        self.open: list[Claim] = []
        self.answers: list[RemitClaim] = []
        self.files = 0
        self.paid: list[tuple[Claim, RemitClaim]] = []
        self.said: dict[date, Any] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @initialize()
    def somebody(self) -> None:
        self.charge(covered=True)

    def do(self, act: Any, *args: Any, **facts: Any) -> Any:
        """Do it an hour later; a refusal is an answer."""
        self.now += timedelta(hours=1)
        with clock.at(self.now):
            # One rule does several things, midnight may be between them: what was said of this day holds no more
            self.said.pop(days.today(), None)
            try:
                return act(TEST, *args, **facts)
            except Refused:
                return None

    def who(self, number: int) -> Any:
        return self.patients[number % len(self.patients)].pk

    def who_owes(self, number: int) -> Any:
        """One of those who owe something, if anybody does."""
        owing = [one.pk for one in self.patients if queries.balance_of(one.pk) > 0]
        return owing[number % len(owing)] if owing else self.who(number)

    @rule(covered=st.booleans())
    def charge(self, covered: bool) -> None:
        patient = self.practice.patient()
        self.patients.append(patient)
        with clock.at(self.now):
            encounter = self.practice.visit(patient, at=self.now)
        self.do(draft_charges, encounter.pk, visit_type="follow-up")
        claim = self.do(confirm_charges, encounter.pk, self_pay=not covered)
        if claim is not None:
            self.do(batch)
            self.open.append(claim)

    @precondition(lambda self: self.open)
    @rule(number=WHO, off=st.integers(0, 9_000), share=st.integers(0, 9_000))
    def payer_pays(self, number: int, off: int, share: int) -> None:
        claim = self.open.pop(number % len(self.open))
        self.answers.append(answer := paid(claim, (off, share)))
        self.paid.append((claim, answer))
        self._take_in(answer)

    @precondition(lambda self: self.paid)
    @rule(number=WHO, then=st.sampled_from(["kept", "refunded", "recovered", "sent back", "left"]))
    def payer_pays_again(self, number: int, then: str) -> None:
        """A second payment of a claim, and what becomes of it: nothing of it is lost."""
        claim, answer = self.paid[number % len(self.paid)]
        self._take_in(answer)
        row = Unposted.objects.filter(settled_at=None, cents__gt=0).order_by("created_at").last()
        if row is None or then == "left":
            return
        if then == "sent back":
            self.do(send_back, row.pk, reference="1", reason="not ours")
        elif self.do(keep_overpaid, row.pk, claim.pk) and then == "refunded":
            self.do(refund_payer, claim.pk, cents=row.cents, reference="2", reason="paid twice")
        elif then == "recovered":
            # More than is paid that day: the rest is carried forward, and nothing comes
            year = date(2026, 12, 31)
            taken = ProviderAdjustment("1234567893", year, "WO", row.cents, claim.number)
            self._take_in(provider=(taken, ProviderAdjustment("1234567893", year, "FB", -row.cents, "NEXT")))

    @precondition(lambda self: self.answers)
    @rule(number=WHO)
    def payer_takes_back(self, number: int) -> None:
        answer = self.answers.pop(number % len(self.answers))
        self._take_in(taken_back(answer))

    @precondition(lambda self: self.open)
    @rule(number=WHO, bill=st.booleans())
    def payer_denies(self, number: int, bill: bool) -> None:
        claim = self.open.pop(number % len(self.open))
        self._take_in(denied(claim))
        if bill:
            self.do(bill_patient, claim.pk, "not covered", agreed=True)

    def _take_in(self, *answers: RemitClaim, provider: tuple[ProviderAdjustment, ...] = ()) -> None:
        self.files += 1
        body = remittance(*answers, trace=f"EFT{self.files}", provider=provider)
        taken = self.do(take_in, "835", f"{self.files}.835", body)
        if taken is not None:
            self.do(process, taken.pk)

    @rule(number=WHO, cents=CENTS, method=st.sampled_from(["cash", "card", "check"]))
    def patient_pays(self, number: int, cents: int, method: str) -> None:
        self.do(take_payment, self.who(number), cents=cents, method=method)

    @rule(number=WHO)
    def payment_is_void(self, number: int) -> None:
        found = list(Transfer.objects.exclude(receipt="").filter(reverses=None).order_by("at")[:8])
        if found:
            self.do(void_payment, found[number % len(found)].pk, "in error")

    @rule(number=WHO, cents=CENTS, method=st.sampled_from(["cash", "check"]))
    def refund(self, number: int, cents: int, method: str) -> None:
        self.do(refund_patient, self.who(number), cents=cents, method=method, reason="asked")

    @rule(number=WHO, cents=st.integers(1, 9_000), reason=st.sampled_from(["small", "courtesy", "bad-debt"]))
    def write_off(self, number: int, cents: int, reason: str) -> None:
        self.do(write_off_balance, self.who_owes(number), cents=cents, reason=reason)

    @rule(number=WHO, cents=st.integers(1_000, 9_000))
    def plan(self, number: int, cents: int) -> None:
        patient = self.who_owes(number)
        running = PaymentPlan.objects.filter(patient_id=patient, status="active").first()
        if running is None:
            self.do(agree_plan, patient, cents=cents, first_on=(self.now + timedelta(days=2)).date())
        else:
            self.do(end_plan, running.pk, "asked")

    @rule(weeks=st.integers(0, 6))
    def statements(self, weeks: int) -> None:
        self.now += timedelta(weeks=weeks)
        self.do(make_due)

    @rule(number=WHO)
    def to_the_agency(self, number: int) -> None:
        for _ in range(3):
            self.statements(5)
        self.now += timedelta(weeks=5)
        self.do(place, self.who_owes(number), "Fair Recovery")

    @rule(how=st.sampled_from(["paid", "recalled", "given up"]), cents=CENTS)
    def agency(self, how: str, cents: int) -> None:
        placement = Placement.objects.filter(status="placed").order_by("placed_at").first()
        if placement is None:
            return
        if how == "paid":
            self.do(agency_paid, placement.pk, cents=cents, fee_cents=cents // 4)
        else:
            self.do(recall if how == "recalled" else give_up, placement.pk, "that is how it went")

    @rule()
    def to_the_bank(self) -> None:
        if found := [one.pk for one in undeposited() if one.method in ("cash", "check")]:
            self.do(deposit, found)

    @rule(cents=CENTS, back=st.integers(0, 40))
    def spend(self, cents: int, back: int) -> None:
        day = self.now.date() - timedelta(days=back)
        self.do(
            enter_expense, account="postage", vendor="Post", cents=cents, paid_on=day, paid_from="bank",
        )  # fmt: skip

    @rule(back=st.integers(1, 20), reopen=st.booleans())
    def close(self, back: int, reopen: bool) -> None:
        last = Closing.objects.filter(reopened_at=None).order_by("-until").first()
        if reopen and last is not None:
            self.do(reopen_books, last.pk, "forgotten")
        else:
            self.do(close_books, self.now.date() - timedelta(days=back))

    @invariant()
    def the_books_balance(self) -> None:
        broken = [
            *ledger_adds_up(), *balances_agree(), *payments_agree(), *closed_periods_hold(), *statements_agree(),
            *payments_are_in_the_bank(), *unapplied_waits(),
        ]  # fmt: skip
        assert broken == []

    @invariant()
    def what_is_asked_of_a_patient_is_the_sum_of_the_entries(self) -> None:
        for patient in self.patients:
            assert sum(visit["due"] for visit in visits_of(patient.pk)) == queries.balance_of(patient.pk)
        newest = Statement.objects.order_by("at").last()
        if newest is not None and not Transfer.objects.filter(patient=newest.patient_id, at__gt=newest.at).exists():
            assert newest.cents == queries.balance_of(newest.patient_id)

    @invariant()
    def sheets_and_aging_say_what_the_accounts_say(self) -> None:
        with clock.at(self.now + timedelta(minutes=1)):
            sheet = day_sheet(TEST, days.today())
            assert sheet.opening + sheet.total.change == sheet.closing
            now = aging.by_payer(TEST), aging.by_patient(TEST)
            assert sheet.closing == sum(one.total.total_cents for one in now) == owed_at(days.end(days.today()))
            self.said[days.today()] = now
            earlier = min(self.said)
            if earlier < days.today():
                assert (aging.by_payer(TEST, earlier), aging.by_patient(TEST, earlier)) == self.said[earlier]
                if len(self.said) > 3:
                    del self.said[earlier]


@pytest.mark.django_db
def test_whatever_happens_in_whatever_order_the_books_balance(practice: Practice) -> None:
    Money.practice = practice
    examples = 8 if connection.vendor == "sqlite" else 3
    run_state_machine_as_test(Money, settings=settings(max_examples=examples, stateful_step_count=20, deadline=None))
