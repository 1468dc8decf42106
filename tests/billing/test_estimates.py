"""Good-faith estimates: when they are due, what stands in them, and what an insured patient may expect to pay."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from liaison.billing.actions.estimates import make_estimate
from liaison.billing.coverage import business_days
from liaison.billing.coverage.estimating import Line, due_on, expectation, planned
from liaison.billing.models import EligibilityCheck, Estimate
from liaison.billing.papers.estimate_words import SAYS
from liaison.documents.actions import publish
from liaison.kernel import clock
from liaison.kernel.errors import Conflict, Invalid
from liaison.people.models import Coverage, Patient
from liaison.record.outbox import deliver
from liaison.schedule.models import Appointment
from liaison.worklist.models import Task
from tests.billing.clinic import BEGAN, TEST, Practice
from tests.billing.pdf_words import words_of

VISIT = Line("99203", "office visit, new", 1, 19_500)


@pytest.fixture(autouse=True)
def day() -> Iterator[None]:
    with clock.at(BEGAN):
        yield


def booked(practice: Practice, patient: Patient, starts: datetime) -> Appointment:
    appointment = practice.booked(patient, starts)
    deliver()
    return appointment


def tasks() -> list[tuple[str, str, str]]:
    deliver()
    rows = Task.objects.filter(kind="estimate").values_list("title", "due_at", "status")
    return [(title, f"{due:%Y-%m-%d}" if due else "", status) for title, due, status in rows]


def made(practice: Practice, patient: Patient, **more: Any) -> Estimate:
    facts = {
        "service": "Office visit",
        "lines": [VISIT],
        "provider_id": practice.doctor.pk,
        "site_id": practice.site.pk,
    }
    return make_estimate(TEST, patient.pk, **(facts | more))


def test_federal_holidays_are_no_business_days() -> None:
    assert business_days.holidays(2026) == {
        date(2026, 1, 1), date(2026, 1, 19), date(2026, 2, 16), date(2026, 5, 25), date(2026, 6, 19),
        date(2026, 7, 3), date(2026, 9, 7), date(2026, 10, 12), date(2026, 11, 11), date(2026, 11, 26),
        date(2026, 12, 25),
    }  # fmt: skip
    assert date(2027, 12, 31) in business_days.holidays(2027)  # New Year 2028 is a Saturday


@pytest.mark.parametrize(
    ("scheduled", "visit", "due"),
    [
        (date(2026, 3, 2), date(2026, 3, 4), None),  # two business days ahead
        (date(2026, 3, 2), date(2026, 3, 5), date(2026, 3, 3)),
        (date(2026, 3, 6), date(2026, 3, 11), date(2026, 3, 9)),  # over a weekend
        (date(2026, 3, 2), date(2026, 3, 16), date(2026, 3, 5)),
        (date(2026, 11, 25), date(2026, 12, 10), date(2026, 12, 1)),  # over Thanksgiving
        (date(2026, 3, 2), date(2026, 3, 2), None),
    ],
)
def test_it_is_due_in_one_or_three_business_days(scheduled: date, visit: date, due: date | None) -> None:
    assert due_on(scheduled, visit) == due


def test_who_is_booked_without_insurance_gets_one(practice: Practice) -> None:
    patient = practice.patient(covered=False)
    appointment = booked(practice, patient, BEGAN + timedelta(days=21))
    assert tasks() == [("Give a good-faith estimate", "2026-03-05", "requested")]
    made(practice, patient, appointment_id=appointment.pk)
    assert tasks() == [("Give a good-faith estimate", "2026-03-05", "completed")]


def test_the_insured_get_none_and_who_becomes_insured_needs_none(practice: Practice) -> None:
    booked(practice, practice.patient(), BEGAN + timedelta(days=21))
    assert tasks() == []
    patient = practice.patient(covered=False)
    booked(practice, patient, BEGAN + timedelta(days=21))
    practice.cover(patient, member="SUN000000055")
    assert [status for _, _, status in tasks()] == ["cancelled"]


def test_the_paper_is_kept_as_it_was_given(practice: Practice) -> None:
    patient = practice.patient(covered=False)
    estimate = made(practice, patient, diagnoses=["j02.9", "J02.9"], later="A blood test, if the throat is not better.")
    assert (estimate.number[:3], estimate.total_cents, estimate.diagnoses) == ("GFE", 19_500, ["J02.9"])
    assert bytes(estimate.pdf).startswith(b"%PDF")
    assert estimate.sha256 == hashlib.sha256(bytes(estimate.pdf)).hexdigest()
    assert made(practice, patient).number != estimate.number


def test_a_visit_begins_with_its_usual_line(practice: Practice) -> None:
    patient = practice.patient(covered=False)
    plan = planned(booked(practice, patient, BEGAN + timedelta(days=21)))
    assert plan.service == "Follow-up"
    assert plan.lines == (Line("99203", "office visit, new, low complexity", 1, 19_500),)
    practice.visit(patient)
    again = planned(booked(practice, patient, BEGAN + timedelta(days=22)))
    assert [line.code for line in again.lines] == ["99213"]


def test_a_preventive_visit_is_estimated_by_age(practice: Practice) -> None:
    body = {"minutes": 30, "room_kind": "exam", "roles": ["provider"], "protocol": []}
    em = {"em": {"new": "99386", "established": "99396"}}
    publish(TEST, kind="visit-type", key="follow-up", title="Well visit", body=body | em)
    child = practice.patient(birth_date=date(2016, 1, 1))
    (line,) = planned(booked(practice, child, BEGAN + timedelta(days=20))).lines
    assert line.code == "99383"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"service": "  "}, "plain words"),
        ({"lines": []}, "at least one line"),
        ({"lines": [Line("99!", "x", 1, 100)]}, "CPT or HCPCS"),
        ({"lines": [Line("99203", " ", 1, 100)]}, "what 99203 is"),
        ({"lines": [Line("99203", "visit", 1, 0)]}, "what 99203 will cost"),
    ],
)
def test_what_is_missing_is_said(practice: Practice, more: dict[str, Any], words: str) -> None:
    with pytest.raises(Invalid, match=words):
        made(practice, practice.patient(covered=False), **more)
    assert Estimate.objects.count() == 0


def test_another_patients_appointment_is_refused(practice: Practice) -> None:
    appointment = booked(practice, practice.patient(covered=False), BEGAN + timedelta(days=21))
    with pytest.raises(Conflict, match="another patient"):
        made(practice, practice.patient(covered=False), appointment_id=appointment.pk)


def answered(practice: Practice, **facts: Any) -> EligibilityCheck:
    patient = practice.patient()
    coverage = Coverage.objects.select_related("payer").get(patient=patient)
    return EligibilityCheck(
        patient=patient, coverage=coverage, service_date=date(2026, 3, 3), trace="E1", status="answered",
        why="person", asked_at=datetime(2026, 3, 3, tzinfo=UTC), asked_by="x", active=True, **facts,
    )  # fmt: skip


TEST_LINE = Line("87880", "strep test", 1, 10_000)


@pytest.mark.parametrize(
    ("facts", "cents"),
    [
        ({"copay_cents": 2_500}, 2_500 + 0),
        ({"copay_cents": 2_500, "deductible_left_cents": 4_000, "coinsurance_percent": Decimal(20)}, 7_700),
        ({"deductible_left_cents": 20_000, "coinsurance_percent": Decimal(20)}, 20_000 + 1_900),
        ({"deductible_left_cents": 0, "coinsurance_percent": Decimal(20)}, 5_900),
        ({"deductible_left_cents": 99_000, "out_of_pocket_left_cents": 1_000}, 1_000),
    ],
)
def test_the_insured_learn_what_they_may_have_to_pay(practice: Practice, facts: dict[str, Any], cents: int) -> None:
    found = expectation(answered(practice, **facts), [VISIT, TEST_LINE])
    assert found is not None
    assert found.most_cents == cents
    assert found.steps[0] == ("Our price", 29_500)


def test_of_what_the_payer_did_not_say_nothing_is_reckoned(practice: Practice) -> None:
    assert expectation(answered(practice), [VISIT]) is None


def test_an_estimate_is_in_the_patients_language(practice: Practice) -> None:
    told = {
        language: " ".join(one.text for one in words_of(bytes(made(practice, practice.patient(language=language)).pdf)))
        for language in ("en", "es-MX", "vi")
    }
    assert "Good-faith estimate" in told["en"]
    assert "Expected total" in told["vi"]
    assert "Estimación de buena fe" in told["es-MX"]
    assert "www.cms.gov/nosurprises" in told["es-MX"]
    assert "Expected" not in told["es-MX"]
    assert set(SAYS["es"]) == set(SAYS["en"])
