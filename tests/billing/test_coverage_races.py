"""Many at once: a payer is asked one question, an authorization is never drawn beyond what was granted."""

from datetime import date, timedelta
from typing import Any

import pytest

from liaison.billing.actions import add_charge
from liaison.billing.actions.authorizations import note_authorization
from liaison.billing.actions.authorized_uses import count_uses
from liaison.billing.actions.eligibility import check_coverage
from liaison.billing.models import Authorization, AuthorizationUse, EligibilityCheck, Exchange
from liaison.people.actions import reorder_coverages
from liaison.people.models import Coverage
from liaison.record.promises import broken
from tests.billing.clinic import BEGAN, TEST, open_practice
from tests.billing.desk import open_desk
from tests.billing.test_races import at_once

pytestmark = pytest.mark.usefixtures("own_database")
DAY = date(2026, 11, 23)


def test_many_who_check_at_once_ask_one_question(settings: Any) -> None:
    patient = open_practice().patient()
    coverage = Coverage.objects.get(patient=patient)
    with open_desk() as desk:
        settings.REALTIME_URL = desk.url
        found = at_once(6, lambda: check_coverage(TEST, coverage.pk, DAY))
    assert {check.status for check in found} == {"answered"}
    latest = EligibilityCheck.objects.filter(latest=True)
    assert latest.count() == 1
    assert Exchange.objects.filter(kind="270").count() == EligibilityCheck.objects.count()
    assert broken() == {}


def test_no_more_is_used_than_was_granted() -> None:
    practice = open_practice()
    patient = practice.patient()
    coverage = Coverage.objects.get(patient=patient)
    row = note_authorization(
        TEST, coverage.pk, kind="authorization", number="PA-1", service="Therapy", quantity=3, starts=date(2026, 1, 1)
    )
    visits = [practice.visit(patient, at=BEGAN + timedelta(days=number)) for number in range(8)]
    for visit in visits:
        add_charge(TEST, visit.pk, code="97110", cents=5_000)
    waiting = iter(visits)
    at_once(8, lambda: count_uses(TEST, next(waiting).pk))
    row.refresh_from_db()
    assert (row.used, row.status) == (3, Authorization.Status.USED_UP)
    assert AuthorizationUse.objects.count() == 3
    assert broken() == {}


def test_an_order_of_coverage_is_whole_whoever_changes_it() -> None:
    practice = open_practice()
    patient = practice.patient()
    for number in range(3):
        practice.cover(patient, member=f"STC00000000{number}")
    keys = list(Coverage.objects.filter(patient=patient).order_by("position").values_list("pk", flat=True))
    at_once(6, lambda: reorder_coverages(TEST, patient.pk, keys[::-1]))
    rows = Coverage.objects.filter(patient=patient).order_by("position").values_list("position", "pk")
    assert list(rows) == list(enumerate(keys[::-1], 1))
