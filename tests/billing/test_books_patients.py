"""What patients are told that they owe, how they settle it, and what happens when they do not."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from liaison.billing import queries
from liaison.billing.actions import confirm_charges, draft_charges, take_payment
from liaison.billing.actions.books.balances import refund_patient, void_payment, write_off_balance
from liaison.billing.actions.books.collecting import agency_paid, agree_plan, end_plan, give_up, place, recall
from liaison.billing.actions.books.drawer import deposit
from liaison.billing.actions.books.statements import email_statement, make_due, make_statement
from liaison.billing.jobs.books import look_at_plans
from liaison.billing.models import PaymentPlan, Placement, Statement, Transfer
from liaison.billing.papers.statements import statements_pdf
from liaison.billing.promises import balances_agree, ledger_adds_up, statements_agree
from liaison.billing.queries.statements import credit_balances, due, for_agency, plans
from liaison.kernel import clock
from liaison.kernel.errors import Conflict, Forbidden, Invalid
from liaison.people.actors import of_staff
from liaison.people.models import Patient
from liaison.people.staffing import add_staff
from liaison.record.actor import Actor
from liaison.record.outbox import deliver
from liaison.worklist.models import Task
from tests.billing.clinic import BEGAN, TEST, Practice
from tests.support.signed_in import client_of

DAY = datetime(2026, 3, 9, 15, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def then() -> Iterator[None]:
    with clock.at(DAY):
        yield


@pytest.fixture(autouse=True)
def promises(db: None) -> Iterator[None]:
    yield
    assert [*ledger_adds_up(), *balances_agree(), *statements_agree()] == []


@pytest.fixture
def biller(practice: Practice) -> Actor:
    return of_staff(add_staff(TEST, role="biller", family="Cole", given="Ida"))


def owing(practice: Practice, visits: int = 1, **facts: Any) -> Patient:
    """A patient who pays what visits cost: $195.00 the first, $142.00 each further one."""
    patient = practice.patient(covered=False, **facts)
    for number in range(visits):
        encounter = practice.visit(patient, at=BEGAN + timedelta(days=number))
        draft_charges(TEST, encounter.pk, visit_type="follow-up")
        confirm_charges(TEST, encounter.pk, self_pay=True)
    return patient


def test_each_statement_that_is_due_is_made_once(practice: Practice) -> None:
    first, second = owing(practice), owing(practice, 2)
    made = make_due(TEST)
    assert {one.patient_id: one.cents for one in made} == {first.pk: 19_500, second.pk: 33_700}
    assert make_due(TEST) == []
    with pytest.raises(Conflict, match="not due"):
        make_statement(TEST, first.pk, "first")


def test_notices_follow_each_other_until_something_is_paid(practice: Practice) -> None:
    patient = owing(practice)
    stages = []
    for days_later in (0, 29, 30, 59, 60, 61, 120):
        with clock.at(DAY + timedelta(days=days_later)):
            stages += [(days_later, one.stage) for one in make_due(TEST)]
    assert stages == [(0, "first"), (30, "second"), (60, "final")]
    with clock.at(DAY + timedelta(days=121)):
        assert [one.patient for one, _ in for_agency(TEST)] == [patient]
        take_payment(TEST, patient.pk, cents=19_500, method="card", encounter_id=_visit(patient))
        assert for_agency(TEST) == []
        assert due(TEST) == []


def test_a_payment_on_the_way_repeats_the_notice_and_a_new_visit_begins_anew(practice: Practice) -> None:
    patient = owing(practice)
    make_due(TEST)
    with clock.at(DAY + timedelta(days=10)):
        take_payment(TEST, patient.pk, cents=10_000, method="card", encounter_id=_visit(patient))
    with clock.at(DAY + timedelta(days=31)):
        (again,) = make_due(TEST)
        assert (again.stage, again.cents) == ("first", 9_500)
    with clock.at(DAY + timedelta(days=31, hours=1)):
        take_payment(TEST, patient.pk, cents=9_500, method="card", encounter_id=_visit(patient))
        encounter = practice.visit(patient, at=DAY)
        draft_charges(TEST, encounter.pk, visit_type="follow-up")
        confirm_charges(TEST, encounter.pk, self_pay=True)
    with clock.at(DAY + timedelta(days=32)):
        assert [(one.stage, one.cents) for one in make_due(TEST)] == [("first", 14_200)]


def _visit(patient: Patient) -> Any:
    found = Transfer.objects.filter(patient=patient, encounter__isnull=False).order_by("at", "id").first()
    assert found is not None
    return found.encounter_id


def test_a_statement_says_what_the_account_says(practice: Practice) -> None:
    patient = owing(practice, 2, language="es")
    take_payment(TEST, patient.pk, cents=5_000, method="cash", encounter_id=_visit(patient))
    write_off_balance(TEST, patient.pk, cents=1_000, reason="courtesy", encounter_id=_visit(patient))
    (made,) = make_due(TEST)
    assert made.cents == queries.balance_of(patient.pk) == 33_700 - 6_000
    assert made.visits[0] | {"encounter": "", "title": ""} == {
        "encounter": "", "title": "", "day": "2026-03-02", "charged": 19_500, "paid": 0, "adjusted": 1_000, "open": 0,
        "share": 18_500, "received": 5_000, "due": 13_500,
    }  # fmt: skip
    assert (made.language, made.message.startswith("Esto es")) == ("es", True)
    assert statements_pdf([made, made]).startswith(b"%PDF")
    by_visit = {str(one.encounter_id): one.balance_cents for one in queries.account_for(TEST, patient.pk).visits}
    assert by_visit == {one["encounter"]: one["due"] for one in made.visits}


def test_a_link_opens_a_statement_for_who_knows_the_birth_date(practice: Practice, settings: Any) -> None:
    settings.MAIL_FROM, settings.ADDRESS = "office@maple.example", "https://maple.example"
    patient = owing(practice, email="ana@home.example")
    (made,) = make_due(TEST)
    email_statement(TEST, made.pk)
    deliver()
    (sent,) = mail.outbox
    assert sent.to == ["ana@home.example"]
    assert not re.search(rf"{patient.family}|{patient.given}|{patient.mrn}|195", sent.subject + str(sent.body))
    address = re.findall(r"https://maple\.example(/statement/\S+)", str(sent.body))[0]
    browser = Client()
    assert patient.family not in browser.get(address).content.decode()
    wrong = browser.post(address, {"birth_date": "1971-01-01"})
    assert (wrong.status_code, "not the birth date" in wrong.content.decode()) == (422, True)
    right = browser.post(address, {"birth_date": patient.birth_date.isoformat()})
    assert right.content.startswith(b"%PDF")
    for answer in (wrong, right):
        assert (answer["Referrer-Policy"], "no-store" in answer["Cache-Control"]) == ("no-referrer", True)
    for _ in range(5):
        browser.post(address, {"birth_date": "1971-01-01"})
    dead = browser.post(address, {"birth_date": patient.birth_date.isoformat()})
    assert "not valid any more" in dead.content.decode()


@pytest.mark.parametrize("token", ["x", "IjAxIg:1abc:def", "a" * 900])
def test_a_made_up_link_is_refused_in_words(practice: Practice, token: str) -> None:
    answer = Client().get(reverse("statement-by-link", args=[token]))
    assert "not valid any more" in answer.content.decode()


def test_a_link_expires(practice: Practice, settings: Any) -> None:
    settings.MAIL_FROM, settings.ADDRESS = "office@maple.example", "https://maple.example"
    owing(practice, email="ana@home.example")
    (made,) = make_due(TEST)
    email_statement(TEST, made.pk)
    deliver()
    address = re.findall(r"maple\.example(/statement/\S+)", str(mail.outbox[0].body))[0]
    settings.SECRET_KEY = "another"
    assert "not valid any more" in Client().get(address).content.decode()


def test_without_mail_nothing_is_sent(practice: Practice) -> None:
    owing(practice, email="ana@home.example")
    (made,) = make_due(TEST)
    with pytest.raises(Conflict, match="sends no e-mail"):
        email_statement(TEST, made.pk)


def test_a_plan_stops_the_notices_and_tells_of_what_is_missed(practice: Practice, biller: Actor) -> None:
    patient = owing(practice)
    plan = agree_plan(biller, patient.pk, cents=5_000, first_on=date(2026, 4, 1))
    assert [one["cents"] for one in plan.instalments] == [5_000, 5_000, 5_000, 4_500]
    assert due(biller) == []
    with clock.at(datetime(2026, 4, 1, 18, tzinfo=UTC)):
        take_payment(TEST, patient.pk, cents=5_000, method="card")
        look_at_plans.call()
    with clock.at(datetime(2026, 5, 3, 18, tzinfo=UTC)):
        (standing,) = plans(biller)
        assert (standing.paid_cents, standing.missed, standing.instalments[1].missed) == (5_000, 1, True)
        assert (look_at_plans.call(), look_at_plans.call()) == (1, 0)
        deliver()
        assert Task.objects.get(kind="instalment-missed").title == "Ask after 1 missed instalment"
        take_payment(TEST, patient.pk, cents=14_500, method="card")
        look_at_plans.call()
        deliver()
    plan.refresh_from_db()
    assert plan.status == PaymentPlan.Status.KEPT
    assert Task.objects.get(kind="instalment-missed").status == Task.Status.COMPLETED


def test_what_is_written_off_shortens_the_plan_from_its_end(practice: Practice, biller: Actor) -> None:
    patient = owing(practice)
    agree_plan(biller, patient.pk, cents=5_000, first_on=date(2026, 4, 1))
    with clock.at(DAY + timedelta(days=1)):
        write_off_balance(TEST, patient.pk, cents=6_000, reason="courtesy")
        (standing,) = plans(biller)
        assert [one.cents for one in standing.instalments] == [5_000, 5_000, 3_500]
        take_payment(TEST, patient.pk, cents=13_500, method="card")
        assert plans(biller)[0].kept
        look_at_plans.call()
    assert plans(biller) == []


def test_a_payment_is_for_the_one_visit_that_owes_and_is_offered_to_be_taken_back_once(
    practice: Practice,
) -> None:
    patient = owing(practice)
    client = client_of(of_staff(add_staff(TEST, role="office-manager", family="Reyes", given="Ana")))
    page = client.get(reverse("account", args=[patient.pk])).content.decode()
    assert f'<option value="{_visit(patient)}" selected>' in page
    payment = take_payment(TEST, patient.pk, cents=5_000, method="cash", encounter_id=_visit(patient))
    settle = reverse("settle-account", args=[patient.pk])
    assert f'<option value="{payment.pk}">' in client.get(settle).content.decode()
    void_payment(TEST, payment.pk, "typed for another patient")
    assert f'<option value="{payment.pk}">' not in client.get(settle).content.decode()


def test_a_plan_that_ends_lets_the_notices_go_on(practice: Practice, biller: Actor) -> None:
    patient = owing(practice)
    plan = agree_plan(biller, patient.pk, cents=5_000, first_on=date(2026, 4, 1))
    with pytest.raises(Conflict, match="already"):
        agree_plan(biller, patient.pk, cents=5_000, first_on=date(2026, 4, 1))
    with pytest.raises(Invalid, match="why"):
        end_plan(biller, plan.pk, "")
    end_plan(biller, plan.pk, "asked for it")
    assert [one.patient for one in due(biller)] == [patient]


def test_what_was_paid_ahead_is_given_back_within_the_limit(practice: Practice, biller: Actor) -> None:
    patient = practice.patient()
    take_payment(TEST, patient.pk, cents=30_000, method="check")
    assert credit_balances(biller) == [(patient, 30_000)]
    with pytest.raises(Forbidden, match=r"up to \$200.00 at a time"):
        refund_patient(biller, patient.pk, cents=20_001, method="check", reason="asked")
    with pytest.raises(Invalid, match="given back"):
        refund_patient(biller, patient.pk, cents=100, method="check", reason=" ")
    refund_patient(biller, patient.pk, cents=20_000, method="check", reason="asked", reference="1009")
    refund_patient(biller, patient.pk, cents=4_000, method="cash", reason="asked")
    with pytest.raises(Conflict, match=r"\$60.00 ahead"):
        refund_patient(biller, patient.pk, cents=6_001, method="cash", reason="asked")
    assert credit_balances(biller) == [(patient, 6_000)]


def test_write_offs_have_limits_and_reasons_and_take_the_oldest_first(practice: Practice, biller: Actor) -> None:
    patient = owing(practice, 2)
    with pytest.raises(Forbidden, match=r"\$100.00"):
        write_off_balance(biller, patient.pk, cents=10_001, reason="small")
    with pytest.raises(Invalid, match="why"):
        write_off_balance(biller, patient.pk, cents=100, reason="because")
    with pytest.raises(Conflict, match=r"owes \$337.00"):
        write_off_balance(TEST, patient.pk, cents=33_701, reason="bad-debt")
    entries = write_off_balance(TEST, patient.pk, cents=20_000, reason="hardship", note="letter of 3/1")
    assert [one.cents for one in entries] == [19_500, 500]
    assert {(one.debit, one.code, one.transaction) for one in entries} == {
        ("write-off", "hardship", entries[0].transaction)
    }


def test_a_payment_in_error_is_taken_back_once_and_not_after_its_deposit(practice: Practice, biller: Actor) -> None:
    patient = practice.patient()
    wrong = take_payment(TEST, patient.pk, cents=1_000, method="check")
    counter = void_payment(biller, wrong.pk, "another patient's check")
    assert (counter.reverses_id, counter.receipt != wrong.receipt) == (wrong.pk, True)
    with pytest.raises(Conflict, match="already"):
        void_payment(biller, wrong.pk, "again")
    kept = take_payment(TEST, patient.pk, cents=1_000, method="check")
    deposit(TEST, [kept.pk])
    with pytest.raises(Conflict, match="Refund it instead"):
        void_payment(biller, kept.pk, "late")


def at_the_agency(practice: Practice) -> Placement:
    """Two visits of $337.00 that an agency works."""
    patient = owing(practice, 2)
    with pytest.raises(Conflict, match="final notice first"):
        place(TEST, patient.pk, "Fair Recovery")
    for days_later in (0, 30, 60):
        with clock.at(DAY + timedelta(days=days_later)):
            make_due(TEST)
    with clock.at(DAY + timedelta(days=80)), pytest.raises(Conflict, match="until 7 Jun 2026"):
        place(TEST, patient.pk, "Fair Recovery")
    with clock.at(DAY + timedelta(days=91)):
        return place(TEST, patient.pk, "Fair Recovery")


def test_a_balance_goes_to_the_agency_and_its_payment_comes_less_its_fee(practice: Practice) -> None:
    placement = at_the_agency(practice)
    with clock.at(DAY + timedelta(days=100)):
        assert queries.balance_of(placement.patient_id) == 0
        assert due(TEST) == []
        agency_paid(TEST, placement.pk, cents=20_000, fee_cents=5_000, reference="A1")
        with pytest.raises(Conflict, match=r"holds \$137.00"):
            agency_paid(TEST, placement.pk, cents=13_701)
        moved = Transfer.objects.filter(reference="A1").values_list("debit", "credit", "cents")
        assert sorted(moved) == [
            ("bank", "collections", 500), ("bank", "collections", 14_500), ("fees", "collections", 5_000)
        ]  # fmt: skip
        give_up(TEST, placement.pk, "moved away")
    assert Placement.objects.get().status == Placement.Status.DONE


def test_what_is_recalled_is_owed_here_again(practice: Practice) -> None:
    placement = at_the_agency(practice)
    with clock.at(DAY + timedelta(days=100)):
        agency_paid(TEST, placement.pk, cents=10_000)
        recall(TEST, placement.pk, "the patient called")
        assert queries.balance_of(placement.patient_id) == 23_700
        with pytest.raises(Conflict, match="no longer"):
            recall(TEST, placement.pk, "again")
    assert Statement.objects.count() == 3
