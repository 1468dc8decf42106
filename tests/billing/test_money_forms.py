"""Forms that move money, sent with rubbish, with somebody else's ids, twice, or by who may not: a sentence each."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import cycle
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from liaison.billing import queries
from liaison.billing.actions import take_payment
from liaison.billing.actions.books import bank, expenses
from liaison.billing.actions.books.collecting import agree_plan
from liaison.billing.actions.books.drawer import open_drawer
from liaison.billing.actions.books.periods import close_books
from liaison.billing.actions.books.reconciling import begin_bank
from liaison.billing.actions.books.statements import make_statement
from liaison.billing.actions.remittances.unposted import keep_overpaid
from liaison.billing.models import BankLine, BankMatch, PaymentPlan, Statement, Transfer, Unposted
from liaison.billing.queries.bank import reconciliation
from liaison.kernel import clock, ids
from liaison.record.promises import broken
from tests.billing.clinic import TEST, Practice
from tests.billing.remits import denied, paid, remittance
from tests.billing.test_books_bank import ofx
from tests.billing.test_payments_pages import seen_by
from tests.billing.test_unposted import lost, sent, take

RUBBISH = (
    "", "letters", "-5", "1000000000000", "1e30", "1e400", "NaN", "Infinity", "0", "0.001", "½", "1800-01-01",
    "9999-12-31", "0001-01-01", "2026-02-30", "a\x00b", "\x00", "x" * 10_000, "9" * 10_000, "\U0001f600" * 300,
    "00000000-0000-0000-0000-000000000000", "' OR 1=1 --", "{{ x }}",
)  # fmt: skip
DAY = datetime(2026, 3, 20, 15, 0, tzinfo=UTC)
LATER = DAY + timedelta(hours=1)


@dataclass
class Office:
    """A practice with something of everything: each form's address, and what a person would send."""

    practice: Practice
    patient_id: UUID
    forms: dict[str, tuple[str, dict[str, Any]]]


def owing(practice: Practice, trace: str) -> UUID:
    claim = sent(practice)
    take(remittance(paid(claim, (6_000, 5_000)), trace=trace))
    return claim.patient_id


@pytest.fixture
def office(practice: Practice) -> Office:
    with clock.at(DAY):
        row = lost(sent(practice))
        patient_id, ahead = owing(practice, "A1"), practice.patient().pk
        receipt = take_payment(TEST, ahead, cents=9_000, method="check")
        plan = agree_plan(TEST, owing(practice, "A2"), cents=1_000, first_on=DAY.date())
        statement = make_statement(TEST, patient_id)
        over = sent(practice)
        take(remittance(paid(over, (6_000, 2_000)), trace="A3"))
        take(remittance(paid(over, (6_000, 2_000)), trace="A4"))
        keep_overpaid(TEST, Unposted.objects.exclude(pk=row.pk).get().pk, over.pk)
        refusal = sent(practice)
        take(remittance(denied(refusal, "29"), trace="A6"))
        drawer = open_drawer(TEST, practice.site.pk, 10_000)
        begin_bank(TEST, date(2026, 3, 1), 100_000)
        spent = expenses.enter_expense(
            TEST, account="postage", vendor="Post", cents=500, paid_on=DAY.date(), paid_from="bank"
        )
        bank.take_in_statement(TEST, "a.ofx", ofx(("20260320", "-5.00", "POST"), ("20260320", "-7.00", "FEE")))
        offer = next(one for one in reconciliation(TEST).offers if one.movement)
        bank.match(TEST, {offer.line.pk: spent.transfer.transaction})
        closing = close_books(TEST, date(2026, 2, 28))
    line = BankLine.objects.exclude(pk=offer.line.pk).get()

    def settle(name: str, of: UUID = patient_id) -> str:
        return reverse("settle-act", args=[of, name])

    forms: dict[str, tuple[str, dict[str, Any]]] = {
        "pay": (
            reverse("pay", args=[patient_id]), {"cents": "5.00", "method": "cash", "encounter": "", "memo": "thanks"}
        ),
        "write-off": (
            settle("write-off"), {"write_cents": "1", "write_reason": "small", "write_note": "", "write_visit": ""}
        ),
        "refund": (
            settle("refund", ahead),
            {"refund_cents": "1", "refund_method": "check", "refund_reason": "asked", "refund_reference": "1"},
        ),
        "plan": (settle("plan"), {"plan_cents": "10", "plan_first_on": "2026-04-01"}),
        "end-plan": (settle("end-plan", plan.patient_id), {"plan": str(plan.pk), "reason": "asked"}),
        "place": (settle("place"), {"agency": "Fair Recovery"}),
        "recall": (settle("recall"), {"placement": str(ids.new_id()), "reason": "x"}),
        "agency-paid": (
            settle("agency-paid"),
            {"placement": str(ids.new_id()), "agency_cents": "1", "agency_fee": "0", "agency_reference": ""},
        ),
        "give-up": (settle("give-up"), {"placement": str(ids.new_id()), "reason": "x"}),
        "void": (settle("void", ahead), {"receipt": str(receipt.pk), "reason": "in error"}),
        "nothing": (settle("nothing-of-the-kind"), {"reason": "x"}),
        "make-statement": (reverse("make-statement", args=[patient_id]), {}),
        "make-statements": (reverse("make-statements"), {}),
        "print-statements": (reverse("print-statements"), {}),
        "email-statement": (reverse("email-statement", args=[statement.pk]), {}),
        "open-drawer": (reverse("open-drawer"), {"float_cents": "100", "site": str(practice.site.pk)}),
        "close-drawer": (
            reverse("close-drawer", args=[drawer.pk]), {"piece10000": "1", "piece500": "2", "reason": "counted"}
        ),
        "deposit": (reverse("deposit"), {"items": str(receipt.pk), "kind": "slip"}),
        "take-in-statement": (reverse("take-in-statement"), {"statement": "no file"}),
        "match-bank": (reverse("match-bank"), {"pair": f"{line.pk}:{spent.transfer.transaction}"}),
        "undo-match": (reverse("undo-match", args=[BankMatch.objects.get().pk]), {"reason": "wrong"}),
        "bank-line-expense": (
            reverse("bank-line-expense", args=[line.pk]), {"account": "fees", "vendor": "First Bank"}
        ),
        "begin-bank": (reverse("begin-bank"), {"begun_on": "2026-03-01", "begun_cents": "1"}),
        "reconcile-bank": (reverse("reconcile-bank"), {"through": "2026-03-20", "ending_cents": "995.00"}),
        "expenses": (
            reverse("expenses"),
            {
                "account": "postage", "vendor": "Post", "cents": "5", "paid_on": "2026-03-20", "paid_from": "bank",
                "reference": "1", "memo": "",
            },
        ),
        "cancel-expense": (reverse("cancel-expense", args=[spent.pk]), {"reason": "twice"}),
        "expense-papers": (reverse("expense-papers", args=[spent.pk]), {"papers": "none"}),
        "close-books": (reverse("close-books"), {"through": "2026-03-10", "note": ""}),
        "reopen-books": (reverse("reopen-books", args=[closing.pk]), {"reason": "forgotten"}),
        "settle-unposted": (
            reverse("settle-unposted", args=[row.pk]),
            {"how": "match", "claim": str(over.pk), "reference": "1", "reason": "x"},
        ),
        "refund-payer": (
            reverse("refund-payer", args=[over.pk]), {"cents": "1", "reference": "1", "reason": "paid twice"}
        ),
        "claim-appealed": (reverse("claim-appealed", args=[refusal.pk]), {}),
    }  # fmt: skip
    return Office(practice, patient_id, forms)


@pytest.fixture
def manager(office: Office) -> Client:
    return seen_by(office.practice, "office-manager")


def test_rubbish_in_any_field_of_any_form_is_answered_in_words(office: Office, manager: Client) -> None:
    with clock.at(LATER):
        turn = cycle(RUBBISH)
        for address, good in office.forms.values():
            every = [dict.fromkeys(good, next(turn)) for _ in range(4)]
            every += [{**good, name: next(turn)} for name in good for _ in range(2)]
            for one in every:
                answer = manager.post(address, {**one, "once": str(ids.new_id())})
                assert answer.status_code in (200, 302, 403, 404, 422), (address, one)
    assert broken() == {}


def test_a_key_that_is_none_is_answered_in_words(office: Office, manager: Client) -> None:
    for name in ("pay", "expenses"):
        address, good = office.forms[name]
        for once in RUBBISH[::3]:
            assert manager.post(address, {**good, "once": once}).status_code in (302, 422)


def test_who_may_not_moves_nothing(office: Office) -> None:
    before = Transfer.objects.count(), Statement.objects.count()
    assistant = seen_by(office.practice, "medical-assistant")
    for name, (address, good) in office.forms.items():
        assert Client().post(address, good).status_code == 302  # to sign in
        if name != "pay":  # which everybody at the desk may take
            assert assistant.post(address, good).status_code in (403, 404)
    assert (Transfer.objects.count(), Statement.objects.count()) == before


def test_a_second_click_is_told_and_moves_nothing(office: Office, manager: Client) -> None:
    with clock.at(LATER):
        for name in ("pay", "write-off", "refund", "expenses", "refund-payer"):
            address, good = office.forms[name]
            key = {"once": str(ids.new_id())}
            assert manager.post(address, good | key).status_code == 302, name
            before = Transfer.objects.count()
            again = manager.post(address, good | key)
            assert (again.status_code, Transfer.objects.count()) == (422, before), name
            assert "This is in the books already." in again.content.decode()
    assert broken() == {}


def counted() -> tuple[int, ...]:
    """What a form might have doubled."""
    rows = (Transfer.objects, Statement.objects, PaymentPlan.objects.filter(status="active"), BankMatch.objects)
    return tuple(one.count() for one in rows)


TWICE = ("end-plan", "void", "make-statement", "close-drawer", "deposit", "undo-match", "bank-line-expense",
         "cancel-expense", "close-books", "reopen-books", "settle-unposted", "claim-appealed")  # fmt: skip


def test_what_is_done_is_not_done_twice(office: Office, manager: Client) -> None:
    with clock.at(DAY):
        for name in TWICE:
            address, good = office.forms[name]
            manager.post(address, good)
            before = counted()
            again = manager.post(address, good, follow=True)
            assert (counted(), again.status_code in (200, 404, 422)) == (before, True), name


def test_what_is_another_patients_is_not_settled_here(office: Office, manager: Client) -> None:
    other = office.practice.patient().pk
    for name in ("end-plan", "void"):
        _, good = office.forms[name]
        answer = manager.post(reverse("settle-act", args=[other, name]), good)
        assert answer.status_code == 422
        assert "This is not on the patient’s account." in answer.content.decode()
    assert PaymentPlan.objects.filter(status="active").count() == 1
    visit = Transfer.objects.filter(patient_id=office.patient_id).exclude(encounter=None)[0].encounter_id
    owed = queries.balance_of(office.patient_id)
    manager.post(
        reverse("settle-act", args=[other, "write-off"]),
        {"write_cents": "1", "write_reason": "small", "write_visit": str(visit)},
    )
    assert manager.post(
        reverse("pay", args=[other]), {"cents": "1", "method": "cash", "encounter": str(visit)}
    ).status_code in (404, 422)  # fmt: skip
    assert queries.balance_of(office.patient_id) == owed


@pytest.mark.parametrize("body", [b"", b"\x00" * 100, b"PK\x03\x04", b"x" * 200_000, b"<OFX>" * 50_000])
def test_a_file_that_is_no_statement_is_refused_beside_its_field(manager: Client, body: bytes) -> None:
    file = SimpleUploadedFile("a" * 300 + ".csv", body)
    answer = manager.post(reverse("take-in-statement"), {"statement": file})
    assert answer.status_code == 422


LISTS: tuple[tuple[str, dict[str, str]], ...] = (
    ("day-sheet", {"day": "?", "site": "?"}), ("day-sheet-csv", {"day": "?"}), ("day-sheet-pdf", {"site": "?"}),
    ("aging", {"day": "?", "by": "?", "page": "?"}), ("aging-csv", {"day": "?"}), ("rates", {"begin": "?", "end": "?"}),
    ("statements", {"show": "?", "page": "?"}), ("drawer", {"site": "?"}), ("expenses", {"year": "?"}),
    ("payments", {"number": "?", "show": "?", "page": "?"}), ("denials", {"payer": "?", "kind": "?", "page": "?"}),
    ("bank", {"page": "?"}), ("periods", {}),
)  # fmt: skip


def test_rubbish_in_an_address_is_answered_in_words(manager: Client) -> None:
    for name, asked in LISTS:
        for rubbish in RUBBISH[::2]:
            answer = manager.get(reverse(name), dict.fromkeys(asked, rubbish[:2_000]))
            assert answer.status_code in (200, 400, 404, 422), (name, rubbish)
    for rubbish in RUBBISH:
        assert manager.post(reverse("claims"), {"q": rubbish[:2_000]}).status_code == 200
