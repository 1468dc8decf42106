"""Coverage checked with a payer over HTTP: what a front desk learns, and that nothing is lost or doubled."""

import threading
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from liaison.billing.actions import eligibility
from liaison.billing.actions.eligibility import can_be_asked, check_coverage, let_stand, set_aside, take_over
from liaison.billing.jobs.coverage import ask_payers, check_the_next_day
from liaison.billing.models import EligibilityCheck, Exchange
from liaison.billing.queries.coverage import coverage_for, problems_of
from liaison.engines.x12 import Benefit, CoreMessage, X12Error, read_270
from liaison.kernel import clock
from liaison.kernel.errors import Conflict, Invalid
from liaison.people.actions import update
from liaison.people.models import Coverage, Patient
from liaison.record.change import change
from liaison.record.models import OutboxEvent
from liaison.record.outbox import deliver
from liaison.worklist.models import Task
from tests.billing.clinic import BEGAN, TEST, Practice, coverage_of
from tests.billing.desk import BENEFITS, Desk, ended, open_desk, refused

DAY = date(2026, 3, 3)
S = EligibilityCheck.Status


@pytest.fixture
def desk(settings: Any) -> Iterator[Desk]:
    with open_desk() as opened:
        settings.REALTIME_URL = opened.url
        yield opened


@pytest.fixture(autouse=True)
def day() -> Iterator[None]:
    with clock.at(BEGAN + timedelta(days=1)):
        yield


def check(patient: Patient) -> EligibilityCheck:
    return check_coverage(TEST, coverage_of(patient).pk, DAY)


def tasks() -> list[tuple[str, str]]:
    deliver()
    return list(Task.objects.filter(kind="coverage").order_by("created_at").values_list("title", "status"))


def test_the_answer_says_what_a_front_desk_asks(desk: Desk, patient: Patient) -> None:
    found = check(patient)
    (inquiry,) = desk.asked
    assert (inquiry.trace, inquiry.subscriber.member_id, inquiry.service_date) == (found.trace, "SUN000000001", DAY)
    assert (found.status, found.active, found.plan) == (S.ANSWERED, True, "Sunrise HMO 20")
    assert (found.copay_cents, found.coinsurance_percent) == (2_000, Decimal(20))
    assert (found.deductible_cents, found.deductible_left_cents) == (150_000, 41_250)
    assert (found.out_of_pocket_left_cents, found.visits_left) == (380_000, 3)
    assert (found.other_payer, found.primary_care) == ("OTHER MUTUAL (OM1)", "ABENA OSEI, 2175550111")
    assert (found.needs_referral, found.needs_authorization) == (None, None)
    assert len(found.benefits) == len(BENEFITS)
    assert Exchange.objects.filter(kind__in=["270", "271"]).count() == 2
    assert found.question is not None
    assert found.answer is not None
    assert read_270(bytes(found.question.body))[0].trace == found.trace
    assert found.latest


def of_visit(information: str, *words: str, needed: bool | None = None) -> Benefit:
    return Benefit(information, ("98",), in_network=True, authorization_required=needed, messages=words)


@pytest.mark.parametrize(
    ("rows", "referral", "authorization"),
    [
        ((of_visit("1", "PCP REFERRAL", needed=True),), True, None),
        ((of_visit("1", "PCP REFERRAL", needed=False), of_visit("B", "REFERRAL REQUIRED")), False, None),
        ((of_visit("1", needed=True),), None, True),
        ((of_visit("1", "REFERRAL", needed=False), of_visit("A", needed=True)), False, True),
        ((of_visit("1", "REFERRAL OR AUTHORIZATION", needed=True),), True, True),
        ((of_visit("N"),), True, None),
        ((of_visit("B", "NO REFERRAL NEEDED"), Benefit("1", ("48",), messages=("REFERRAL REQUIRED",))), False, None),
        ((Benefit("1", ("48",), messages=("REFERRAL REQUIRED",)),), True, None),
        ((of_visit("1"),), None, None),
    ],
)
def test_a_referral_is_read_from_what_is_coded_before_words(
    desk: Desk, patient: Patient, rows: tuple[Benefit, ...], referral: bool | None, authorization: bool | None
) -> None:
    desk.reply = desk.well(benefits=(Benefit("1", ("30",)), *rows))
    found = check(patient)
    assert (found.needs_referral, found.needs_authorization) == (referral, authorization)


def test_a_payer_that_has_no_line_is_not_asked(desk: Desk, patient: Patient, settings: Any) -> None:
    settings.REALTIME_URL = f"OTHER={desk.url}"
    coverage = Coverage.objects.get(patient=patient)
    assert not can_be_asked(coverage)
    with pytest.raises(Conflict, match="answers no question at once"):
        check_coverage(TEST, coverage.pk, DAY)
    settings.REALTIME_URL = f"SUNCO={desk.url} batch"
    assert can_be_asked(coverage)
    assert check(patient).active


def test_a_dependent_is_asked_about_under_the_subscriber(desk: Desk, practice: Practice) -> None:
    child = practice.patient(covered=False, family="Whitfield", given="Sam", birth_date=date(2015, 1, 1))
    practice.cover(
        child, member="SUN000000009", relationship="child", subscriber_family="Whitfield", subscriber_given="Dana",
        subscriber_birth_date=date(1985, 3, 4), subscriber_sex="female",
    )  # fmt: skip
    found = check(child)
    (inquiry,) = desk.asked
    assert inquiry.patient is not None
    assert (inquiry.patient.first_name, inquiry.subscriber.person.first_name) == ("Sam", "Dana")
    assert inquiry.relationship == "19"
    assert found.active


def test_differences_are_shown_taken_over_or_let_stand(desk: Desk, patient: Patient) -> None:
    desk.reply = desk.well(
        member={"last_name": "RIVERA-LOPEZ", "first_name": "ANA MARIA", "birth_date": date(1980, 2, 28),
                "member_id": "SUN000000001-01", "group_number": "SUN-HMO-21"}
    )  # fmt: skip
    found = check(patient)
    assert found.problem == "differs"
    assert tasks() == [("Coverage differs from what the payer has", "requested")]
    shown = {each.name: (each.ours, each.theirs) for each in eligibility.open_differences(found)}
    assert shown["family"] == ("Rivera", "Rivera-Lopez")
    assert shown["member_id"] == ("SUN000000001", "SUN000000001-01")
    assert shown["copay"] == ("none", "$20.00")
    assert set(shown) == {"family", "birth_date", "member_id", "group_number", "plan", "copay"}
    for name in ("family", "birth_date", "member_id", "plan", "copay"):
        take_over(TEST, found.pk, name)
    patient.refresh_from_db()
    coverage = coverage_of(patient)
    assert (patient.family, patient.birth_date) == ("Rivera-Lopez", date(1980, 2, 28))
    assert (coverage.member_id, coverage.plan, coverage.copay_cents) == ("SUN000000001-01", "Sunrise HMO 20", 2_000)
    assert let_stand(TEST, found.pk, "group_number").problem == ""
    assert coverage_of(patient).group_number == "SUN-HMO-20"
    assert tasks() == [("Coverage differs from what the payer has", "completed")]


def test_what_is_corrected_by_hand_settles_the_task_too(desk: Desk, patient: Patient) -> None:
    practice_copay = coverage_of(patient)
    desk.reply = desk.well(member={"last_name": "RIVERA-LOPEZ"}, benefits=BENEFITS[:1])
    check(patient)
    take_over(TEST, EligibilityCheck.objects.get().pk, "plan")
    assert tasks() == [("Coverage differs from what the payer has", "requested")]
    update(TEST, patient.pk, family="Rivera-Lopez")
    assert tasks() == [("Coverage differs from what the payer has", "completed")]
    assert practice_copay.pk == coverage_of(patient).pk


def test_a_coverage_that_ended_is_a_task_and_can_be_ended_here(desk: Desk, patient: Patient) -> None:
    desk.reply = desk.well(**ended(date(2026, 1, 31)))
    found = check(patient)
    assert (found.problem, "not active" in found.note) == ("inactive", True)
    assert tasks() == [("Coverage not active: ask the patient for another", "requested")]
    assert problems_of([patient.pk])[patient.pk][0] == "coverage not active"
    take_over(TEST, found.pk, "ended")
    assert coverage_of(patient).ends == date(2026, 1, 31)
    assert not coverage_of(patient).active


def test_a_refusal_says_in_one_sentence_what_to_do(desk: Desk, patient: Patient) -> None:
    desk.reply = desk.well(**refused("72", "C"))
    found = check(patient)
    assert found.status == S.REFUSED
    assert found.note == "Sunrise Health Plan: the member number is missing or wrong. Correct it and ask again."
    assert tasks() == [("The payer refused the question about coverage", "requested")]
    desk.reply = desk.well()
    assert check(patient).status == S.ANSWERED
    assert EligibilityCheck.objects.filter(latest=True).count() == 1


def garbage(message: CoreMessage) -> tuple[int, str, bytes]:
    return 200, "text/html", b"<html>Welcome to the portal</html>"


def half(message: CoreMessage) -> tuple[int, str, bytes]:
    return 200, *Desk.wrapped(message, message.payload[:150])


def other_trace(message: CoreMessage) -> tuple[int, str, bytes]:
    status, kind, body = Desk().well(trace="E999999999", reference="E999999999")(message)
    return status, kind, body


def closed(message: CoreMessage) -> tuple[int, str, bytes]:
    return 403, "text/plain", b"no"


@pytest.mark.parametrize(
    ("reply", "words", "files"),
    [
        (garbage, "cannot be read", 1),
        (half, "cannot be read", 1),
        (other_trace, "answered another question", 1),
        (closed, "user name and password", 0),
    ],
)
def test_a_wrong_answer_is_one_sentence_and_is_kept(
    desk: Desk, patient: Patient, reply: Callable[[CoreMessage], tuple[int, str, bytes]], words: str, files: int
) -> None:
    desk.reply = reply
    found = check(patient)
    assert (found.status, found.problem) == (S.FAILED, "failed")
    assert words in found.note
    assert Exchange.objects.filter(kind="271", status="held").count() == files
    assert tasks() == [("Coverage could not be checked", "requested")]
    assert set_aside(TEST, found.pk, "called, active").problem == ""
    assert tasks() == [("Coverage could not be checked", "completed")]


def test_a_payer_that_hangs_is_asked_again_with_the_same_question(desk: Desk, patient: Patient) -> None:
    def gone(message: CoreMessage) -> tuple[int, str, bytes]:
        raise ConnectionAbortedError

    desk.reply = gone
    found = check(patient)
    assert (found.status, "asked again by itself" in found.note) == (S.ASKED, True)
    assert tasks() == []
    assert ask_payers.call() == 0
    desk.reply = desk.well()
    with clock.at(BEGAN + timedelta(days=1, minutes=2)):
        assert ask_payers.call() == 1
    found.refresh_from_db()
    assert (found.status, found.attempts) == (S.ANSWERED, 2)
    assert desk.bodies[0] == desk.bodies[1]
    assert Exchange.objects.filter(kind="270").count() == 1


def test_a_payer_that_says_nothing_at_all_holds_nobody_up(
    desk: Desk, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from liaison.billing.exchange import at_once

    monkeypatch.setattr(at_once, "SECONDS", 0.2)
    silent = threading.Event()
    desk.reply = lambda message: (200, "text/plain", b"") if silent.wait(5) else (500, "text/plain", b"")
    found = check(patient)
    silent.set()
    assert (found.status, "did not answer within" in found.note) == (S.ASKED, True)


def test_a_payer_that_is_never_there_becomes_a_task_after_five_tries(desk: Desk, patient: Patient) -> None:
    desk.reply = lambda message: (503, "text/plain", b"")
    check(patient)
    for hours in range(1, 6):
        with clock.at(BEGAN + timedelta(days=1, hours=2 * hours)):
            ask_payers.call()
    found = EligibilityCheck.objects.get()
    assert (found.status, found.attempts) == (S.FAILED, 5)
    assert tasks() == [("Coverage could not be checked", "requested")]


def test_a_second_answer_changes_nothing(desk: Desk, patient: Patient) -> None:
    from liaison.billing.realtime import Reply

    found = check(patient)
    assert found.answer is not None
    body = bytes(found.answer.body)
    again = eligibility.note_reply(TEST, found.pk, Reply(body=body.replace(b"2000", b"9900")))
    assert (again.copay_cents, again.answer_id) == (2_000, found.answer_id)
    eligibility.note_reply(TEST, found.pk, Reply(body=body))
    assert EligibilityCheck.objects.get().version == found.version


def test_killed_before_the_answer_was_noted_the_question_is_asked_again(desk: Desk, patient: Patient) -> None:
    with change(TEST, "billing.coverage") as this:
        (planned,) = eligibility._plan(
            this, [(Coverage.objects.select_related("payer").get(), None)], "person", DAY, since=None
        )
    assert eligibility._prepare(TEST, planned.pk) is not None
    with clock.at(BEGAN + timedelta(days=1, minutes=5)):
        assert ask_payers.call() == 1
    assert EligibilityCheck.objects.get().status == S.ANSWERED


def test_a_question_that_cannot_be_written_says_what_is_missing(desk: Desk, patient: Patient) -> None:
    from liaison.places.actions import update_organization
    from liaison.places.queries import practice as the_practice

    update_organization(TEST, the_practice().pk, npi="")
    found = check(patient)
    assert (found.status, "NPI" in found.note) == (S.FAILED, True)
    assert desk.asked == []


def test_nobody_is_asked_without_a_line_or_about_an_injury(settings: Any, practice: Practice, patient: Patient) -> None:
    settings.REALTIME_URL = ""
    with pytest.raises(Conflict, match="no line to payers"):
        check(patient)
    settings.REALTIME_URL = "http://127.0.0.1:9/core"
    hurt = practice.patient(covered=False)
    practice.cover(
        hurt, member="", kind="workers-comp", claim_number="WC-1", injured_on=date(2026, 2, 1), employer="Mill"
    )
    with pytest.raises(Conflict, match="about an injury"):
        check(hurt)


def test_who_is_booked_is_asked_about_once(desk: Desk, practice: Practice, patient: Patient) -> None:
    for hours in (4, 6):
        practice.booked(patient, BEGAN + timedelta(days=9, hours=hours))
    deliver()
    assert ask_payers.call() == 1
    found = EligibilityCheck.objects.get()
    assert (found.why, found.status, found.service_date) == ("booked", S.ANSWERED, date(2026, 3, 11))


def test_in_the_evening_everybody_of_tomorrow_is_asked_about(
    desk: Desk, practice: Practice, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for number in range(12):
        practice.booked(practice.patient(), BEGAN + timedelta(days=2, minutes=20 * number))
    practice.booked(practice.patient(covered=False), BEGAN + timedelta(days=2, hours=5))
    OutboxEvent.objects.all().delete()
    with clock.at(BEGAN + timedelta(days=1, hours=10)):
        with django_assert_max_num_queries(16):
            assert check_the_next_day.call() == 12
        assert check_the_next_day.call() == 0
        assert ask_payers.call() == 12
    assert set(EligibilityCheck.objects.values_list("status", "service_date")) == {(S.ANSWERED, date(2026, 3, 4))}


def test_a_check_needs_a_reason_to_be_set_aside(desk: Desk, patient: Patient) -> None:
    desk.reply = desk.well(**refused())
    found = check(patient)
    with pytest.raises(Invalid, match="how it was settled"):
        set_aside(TEST, found.pk, " ")


def test_a_patients_coverage_takes_the_same_queries_however_much_there_is(
    desk: Desk, practice: Practice, patient: Patient, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for number in range(3):
        practice.cover(patient, member=f"STC00000000{number}")
    with django_assert_max_num_queries(8):
        view = coverage_for(TEST, patient.pk)
    assert [held.coverage.position for held in view.held] == [1, 2, 3, 4]


def test_no_answer_of_any_kind_raises_anything_else(desk: Desk, patient: Patient) -> None:
    whole = desk.well()
    for cut in (0, 1, 40, 300, 700):
        desk.reply = lambda message, cut=cut: (
            200, *Desk.wrapped(message, _cut(whole(message), cut))
        )  # fmt: skip
        assert check(patient).status == S.FAILED


def _cut(reply: tuple[int, str, bytes], at: int) -> bytes:
    from liaison.engines.x12 import read_core

    try:
        return read_core(reply[1], reply[2]).payload[:at]
    except X12Error:
        return b""
