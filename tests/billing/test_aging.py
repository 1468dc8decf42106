"""Aging as a past day ended: from the ledger, equal to what the page said on that day and to the day's sheet."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from liaison.billing.actions import batch, process, take_in, take_payment
from liaison.billing.actions.books.balances import write_off_balance
from liaison.billing.books import days
from liaison.billing.queries.aging import by_patient, by_payer
from liaison.billing.queries.daysheet import day_sheet
from liaison.billing.queries.rates import rates
from liaison.kernel import clock
from tests.billing.clinic import TEST, Practice
from tests.billing.remits import paid, remittance
from tests.support.practice import small_practice
from tests.support.signed_in import client_of

BEGAN = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
DAYS = 150


def lived(practice: Practice) -> Iterator[date]:
    """Five months: each week a claim that the payer answers three weeks later, payments, a write-off; each day given
    when it is over."""
    claims, number = [], count(1)
    for day in range(DAYS):
        with clock.at(BEGAN + timedelta(days=day)):
            if day % 7 == 0:
                claims.append(practice.claim())
                batch(TEST)
            if day % 7 == 4 and len(claims) > 3:
                claim = claims.pop(0)
                body = remittance(paid(claim, (6_000, 2_500)), trace=f"EFT{next(number)}")
                process(TEST, take_in(TEST, "835", "advice.835", body).pk)
                if day % 2:
                    take_payment(TEST, claim.patient_id, cents=1_000, method="check")
                elif day % 3 == 0:
                    write_off_balance(TEST, claim.patient_id, cents=2_500, reason="small")
                else:
                    take_payment(TEST, claim.patient_id, cents=4_000, method="cash")
            yield days.today()


def test_aging_of_a_past_day_is_what_it_was_on_that_day(practice: Practice) -> None:
    said: dict[date, Any] = {}
    for number, day in enumerate(lived(practice)):
        if number % 9 == 0:
            with clock.at(BEGAN + timedelta(days=number, hours=1)):
                said[day] = by_payer(TEST), by_patient(TEST)
    with clock.at(BEGAN + timedelta(days=DAYS + 60)):
        for day, (payers, patients) in said.items():
            assert by_payer(TEST, day) == payers
            assert by_patient(TEST, day) == patients
        now = by_patient(TEST).total
        assert now.credit_cents < 0 < now.cents[-1]


def test_aging_the_day_sheet_and_the_rates_owe_the_same(practice: Practice) -> None:
    every = list(lived(practice))
    with clock.at(BEGAN + timedelta(days=DAYS)):
        for day in every[::20]:
            aged = by_payer(TEST, day).total.total_cents + by_patient(TEST, day).total.total_cents
            assert day_sheet(TEST, day).closing == aged == rates(TEST, day - timedelta(days=30), day).owed


def test_an_age_is_in_days_of_the_books_whatever_the_hour(practice: Practice) -> None:
    with clock.at(BEGAN):
        practice.claim()
    for late, band in ((30, 0), (31, 1), (60, 1), (61, 2), (91, 3), (120, 3), (121, 4)):
        for hour in (0, 7):  # ten in the morning, five in the afternoon
            with clock.at(BEGAN + timedelta(days=late, hours=hour)):
                cents = by_payer(TEST).total.cents
                assert [at for at, one in enumerate(cents) if one] == [band]


@pytest.mark.parametrize("past", [False, True])
def test_the_ledger_is_asked_once(practice: Practice, past: bool) -> None:
    on = list(lived(practice))[40] if past else None
    for ask in (by_payer, by_patient):
        with CaptureQueriesContext(connection) as asked:
            ask(TEST, on)
        assert sum("billing_balance" in one["sql"] for one in asked) == 1
        assert sum(bool(re.search(r"FROM .?(billing|people|places_organization)", one["sql"])) for one in asked) <= 2


def test_the_page_turns_to_a_day(db: None) -> None:
    place = small_practice()
    manager = client_of(place.manager)
    yesterday = days.today() - timedelta(days=1)
    shown = manager.get(
        reverse("aging"), {"day": yesterday.isoformat(), "by": "patient", "page": "99"}
    ).content.decode()
    assert "as the day ended" in shown
    assert f'value="{yesterday}"' in shown
    table = manager.get(reverse("aging-csv"), {"day": yesterday.isoformat()})
    assert f"aging-by-payer-{yesterday}" in table["Content-Disposition"]


@pytest.mark.parametrize("day", ["1800-01-01", "x", "9999-12-31", "2026-02-30", "\x00"])
def test_a_day_that_is_none_is_answered_in_words(db: None, day: str) -> None:
    place = small_practice()
    for name in ("aging", "aging-csv"):
        assert client_of(place.manager).get(reverse(name), {"day": day}).status_code in (200, 400, 422)
