"""Authorizations and referrals: asked for at the sandbox payer, typed in, counted down, given back, warned of."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from liaison.billing.actions import add_charge, confirm_charges, draft_charges, void_charge
from liaison.billing.actions.authorizations import decide, note_authorization, request_authorization
from liaison.billing.actions.authorized_uses import count_uses, look_over
from liaison.billing.actions.eligibility import check_coverage
from liaison.billing.models import Authorization, AuthorizationUse, Charge, EligibilityCheck, Exchange
from liaison.billing.queries.authorizations import authorization_for
from liaison.kernel import clock
from liaison.kernel.errors import Conflict, Invalid
from liaison.people.models import Patient
from liaison.record.outbox import deliver
from liaison.record.promises import broken
from liaison.worklist.models import Task
from tests.billing.clinic import BEGAN, TEST, Practice, coverage_of
from tests.support.sandboxes import Sandbox

DAY = date(2026, 3, 3)
THERAPY: dict[str, Any] = {"kind": "authorization", "service": "Physical therapy", "codes": ["97110"], "starts": DAY}


@pytest.fixture(autouse=True)
def day() -> Iterator[None]:
    with clock.at(BEGAN + timedelta(days=1)):
        yield


def noted(patient: Patient, **more: Any) -> Authorization:
    facts = {"number": "PA-1", "quantity": 6, "ends": date(2026, 6, 30)} | THERAPY | more
    return note_authorization(TEST, coverage_of(patient).pk, **facts)


def charged(practice: Practice, patient: Patient, code: str = "97110", units: int = 1, days: int = 1) -> Charge:
    encounter = practice.visit(patient, at=BEGAN + timedelta(days=days))
    charge = add_charge(TEST, encounter.pk, code=code, cents=5_000, units=units)
    deliver()
    return charge


def tasks(kind: str) -> list[tuple[str, str]]:
    deliver()
    return list(Task.objects.filter(kind=kind).order_by("created_at").values_list("title", "status"))


@pytest.mark.processes
def test_the_payer_certifies_what_is_asked_for(patient: Patient, payer: Sandbox, settings: Any) -> None:
    settings.REALTIME_URL = f"{payer.url}/core"
    row = request_authorization(TEST, coverage_of(patient).pk, **THERAPY, quantity=8, diagnoses=["M54.50"])
    assert (row.status, row.number[:4], row.left) == ("certified", "AUTH", 8)
    assert (row.starts, row.ends) == (DAY, DAY + timedelta(days=90))
    assert set(Exchange.objects.values_list("direction", "kind")) == {("out", "278"), ("in", "278")}
    assert authorization_for(patient.pk, coverage_of(patient).pk, "97110", DAY) == row


@pytest.mark.processes
def test_what_the_payer_looks_at_first_is_asked_after_and_decided_by_hand(
    patient: Patient, payer: Sandbox, settings: Any
) -> None:
    settings.REALTIME_URL = f"{payer.url}/core"
    row = request_authorization(TEST, coverage_of(patient).pk, **THERAPY, quantity=40, diagnoses=["M54.50"])
    assert (row.status, bool(row.payer_reference)) == ("pended", True)
    assert tasks("authorization") == [("Ask after the request that the payer has: authorization", "requested")]
    assert authorization_for(patient.pk, coverage_of(patient).pk, "97110", DAY) is None
    with pytest.raises(Invalid, match="number that the payer gave"):
        decide(TEST, row.pk, status="certified")
    decide(TEST, row.pk, status="certified", number="PA-77", quantity=20)
    assert tasks("authorization") == [("Ask after the request that the payer has: authorization", "completed")]


@pytest.mark.processes
def test_a_member_whom_the_payer_does_not_find_is_one_sentence(
    practice: Practice, payer: Sandbox, settings: Any
) -> None:
    settings.REALTIME_URL = f"{payer.url}/core"
    unknown = practice.patient(member="SUN000009975")
    row = request_authorization(TEST, coverage_of(unknown).pk, **THERAPY, diagnoses=["M54.50"])
    assert row.status == "failed"
    assert row.note == "Sunrise Health Plan: the payer does not find the subscriber. Correct it and ask again."
    assert tasks("authorization") == [("The request to the payer could not be made: authorization", "requested")]


@pytest.mark.processes
@pytest.mark.parametrize("mood", ["trace", "half", "garbage", "error", "cut"])
def test_on_a_payers_bad_day_nothing_is_lost(
    patient: Patient, start_payer: Callable[..., Sandbox], settings: Any, mood: str
) -> None:
    bad = start_payer("--today", "2026-03-03", "--mischief", f"{mood}:1")
    settings.REALTIME_URL = f"{bad.url}/core"
    first = check_coverage(TEST, coverage_of(patient).pk, DAY)
    assert first.status in ("failed", "asked")
    assert first.note
    assert check_coverage(TEST, coverage_of(patient).pk, DAY).status == "answered"
    assert EligibilityCheck.objects.filter(latest=True).count() == 1


@pytest.mark.processes
def test_the_sandbox_payer_tells_of_coverage_what_it_pays_by(patient: Patient, payer: Sandbox, settings: Any) -> None:
    settings.REALTIME_URL = f"{payer.url}/core"
    found = check_coverage(TEST, coverage_of(patient).pk, DAY)
    assert (found.status, found.active, found.plan) == ("answered", True, "Sunrise HMO 20")
    assert (found.copay_cents, found.deductible_left_cents, found.needs_referral) == (2_000, 0, True)
    assert found.problem == "referral"
    note_authorization(
        TEST, coverage_of(patient).pk, kind="referral", number="R-5", service="Office visits", starts=DAY, quantity=3
    )
    deliver()
    found.refresh_from_db()
    assert found.problem == "differs"


def test_visits_count_down_once_each_and_are_given_back(practice: Practice, patient: Patient) -> None:
    row = noted(patient)
    charge = charged(practice, patient)
    count_uses(TEST, charge.encounter_id)
    row.refresh_from_db()
    assert (row.used, row.left) == (1, 5)
    confirm_charges(TEST, charge.encounter_id)
    deliver()
    row.refresh_from_db()
    assert row.used == 1
    other = charged(practice, patient, days=2)
    row.refresh_from_db()
    assert row.used == 2
    void_charge(TEST, other.pk, "not done")
    deliver()
    row.refresh_from_db()
    assert row.used == 1
    assert AuthorizationUse.objects.filter(given_back_at=None).count() == 1


def test_the_claim_carries_the_number_though_the_visit_used_the_last_one(practice: Practice, patient: Patient) -> None:
    noted(patient, quantity=1)
    note_authorization(
        TEST, coverage_of(patient).pk, kind="referral", number="R-5", service="Any", starts=DAY - timedelta(days=5)
    )
    charge = charged(practice, patient)
    claim = confirm_charges(TEST, charge.encounter_id)
    assert claim is not None
    assert (claim.authorization, claim.referral) == ("PA-1", "R-5")
    other = charged(practice, patient, code="99080", days=2)
    claim = confirm_charges(TEST, other.encounter_id)
    assert claim is not None
    assert (claim.authorization, claim.referral) == ("", "R-5")
    deliver()
    assert broken() == {}


def test_units_count_by_charge_and_never_more_than_granted(practice: Practice, patient: Patient) -> None:
    row = noted(patient, counted="units", quantity=5)
    charged(practice, patient, units=3)
    charged(practice, patient, units=3, days=2)
    row.refresh_from_db()
    assert (row.used, row.status) == (3, "certified")
    charged(practice, patient, units=2, days=3)
    row.refresh_from_db()
    assert (row.used, row.status) == (5, "used-up")


def test_another_code_another_time_and_another_coverage_use_nothing(practice: Practice, patient: Patient) -> None:
    row = noted(patient)
    charged(practice, patient, code="99080")
    charged(practice, patient, days=200)
    row.refresh_from_db()
    assert row.used == 0
    assert authorization_for(patient.pk, coverage_of(patient).pk, "99213", DAY) is None
    everything = noted(patient, number="PA-2", codes=[])
    assert authorization_for(patient.pk, coverage_of(patient).pk, "99213", DAY) == everything
    assert authorization_for(patient.pk, coverage_of(patient).pk, "97110", DAY) == row


def test_before_the_last_ones_somebody_is_told(practice: Practice, patient: Patient) -> None:
    row = noted(patient, quantity=3)
    charged(practice, patient)
    assert tasks("authorization-low") == [
        ("Authorization PA-1: 2 visits left. Ask for more if it is needed", "requested")
    ]
    charged(practice, patient, days=2)
    charged(practice, patient, days=3)
    assert tasks("authorization-low") == [("Authorization PA-1 is used up. Ask for more if it is needed", "requested")]
    decide(TEST, row.pk, status="certified", quantity=12)
    assert [status for _, status in tasks("authorization-low")] == ["completed"]


def test_before_it_ends_somebody_is_told_and_then_it_has_expired(patient: Patient) -> None:
    row = noted(patient, ends=date(2026, 3, 31))
    assert look_over(TEST, date(2026, 3, 10)) == 0
    assert look_over(TEST, date(2026, 3, 18)) == 1
    assert tasks("authorization-low") == [
        ("Authorization PA-1 ends 31 Mar 2026. Ask for more if it is needed", "requested")
    ]
    assert look_over(TEST, date(2026, 4, 1)) == 1
    row.refresh_from_db()
    assert row.status == "expired"
    assert [status for _, status in tasks("authorization-low")] == ["completed"]


def test_a_visit_without_any_asks_one_query(
    practice: Practice, patient: Patient, django_assert_num_queries: Callable[..., Any]
) -> None:
    encounter = practice.visit(patient)
    draft_charges(TEST, encounter.pk, visit_type="follow-up")
    with django_assert_num_queries(1):
        count_uses(TEST, encounter.pk)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"service": " "}, "what it is for"),
        ({"number": ""}, "number that the payer gave"),
        ({"codes": ["97110!"]}, "CPT or HCPCS"),
        ({"quantity": 0}, "how many"),
        ({"ends": date(2026, 1, 1)}, "on or after"),
    ],
)
def test_what_cannot_be_is_refused(patient: Patient, facts: dict[str, Any], words: str) -> None:
    with pytest.raises(Invalid, match=words):
        noted(patient, **facts)


def test_without_a_line_nothing_is_asked_for(patient: Patient, settings: Any) -> None:
    settings.REALTIME_URL = ""
    with pytest.raises(Conflict, match="no line to payers"):
        request_authorization(TEST, coverage_of(patient).pk, **THERAPY)
