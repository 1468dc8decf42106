"""Pages of money with many rows: as many queries as with few, a page of bounded size, the rest a click away."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from liaison.kernel import clock
from tests.billing import crowds
from tests.billing.clinic import Practice
from tests.billing.test_payments_pages import seen_by

FEW, MANY = 8, 240
PAGES = (
    ("claims", "", 50), ("claims", "show=fix", 50), ("claims", "show=code", 50), ("claim-files", "", 50),
    ("claim-files", "show=to_send", 50),
    ("payments", "", 50), ("payments", "show=open", 50), ("payments", "show=over", 0), ("denials", "", 50),
    ("statements", "show=due", 50), ("statements", "show=sent", 50), ("statements", "show=credits", 0),
    ("aging", "by=patient", 50), ("aging", "by=payer", 0), ("bank", "", 0), ("expenses", "year=2026", 50),
    ("drawer", "", 0), ("day-sheet", "day=2026-03-20", 0),
)  # fmt: skip
MOST_BYTES = 220_000


def asked(client: Client, address: str) -> tuple[int, str]:
    with CaptureQueriesContext(connection) as found:
        answer = client.get(address)
    assert answer.status_code == 200, address
    return len(found), answer.content.decode()


def test_a_page_asks_as_much_for_many_rows_as_for_few(practice: Practice) -> None:
    manager = seen_by(practice, "office-manager")
    with clock.at(crowds.NOW):
        crowds.office(practice, FEW)
        few = {(name, query): asked(manager, f"{reverse(name)}?{query}")[0] for name, query, _ in PAGES}
        crowds.office(practice, MANY)
        for name, query, rows in PAGES:
            many, page = asked(manager, f"{reverse(name)}?{query}")
            assert many <= few[name, query] + 1, (name, query)  # a page more: the pager counts
            assert len(page) < MOST_BYTES, (name, query)
            if rows:
                assert re.search(rf"1 to {rows} of \d+", page), (name, query)
                second = asked(manager, f"{reverse(name)}?{query}&page=2")[1]
                assert re.search(rf"{rows + 1} to \d+ of \d+", second), (name, query)


def test_what_waits_to_be_coded_is_counted_whole(practice: Practice) -> None:
    with clock.at(crowds.NOW):
        crowds.claims(practice, practice.claim(), 210)
        page = asked(seen_by(practice, "biller"), f"{reverse('claims')}?show=code&page=99")[1]
    assert "<b>210</b><small>$35,280.00</small>" in page
    assert "201 to 210 of 210" in page
    assert page.count("<tr data-card") == 10
    assert 'href="?show=code&amp;page=4"' in page


def test_a_search_says_that_it_shows_the_newest_alone(practice: Practice) -> None:
    with clock.at(crowds.NOW):
        claim = practice.claim()
        crowds.claims(practice, claim, 210)
        biller = seen_by(practice, "biller")
        page = biller.post(reverse("claims"), {"q": claim.patient.family}).content.decode()
        assert "The newest 200 of 211" in page
        assert "page=2" not in page


def test_a_payment_of_hundreds_of_claims_says_what_all_of_them_got(practice: Practice) -> None:
    with clock.at(crowds.NOW):
        payment = crowds.answered(practice, 120, cents=10_000)
        page = asked(seen_by(practice, "biller"), reverse("payment", args=[payment.pk]))[1]
    assert "<dd>$12,000.00</dd>" in page
    assert "1 to 50 of 120" in page
    assert page.count("<tr data-card") == 50


@pytest.mark.parametrize("many", [20, 500])
def test_the_account_of_many_years_is_asked_at_once(practice: Practice, many: int) -> None:
    manager, patient = seen_by(practice, "office-manager"), practice.patient()
    crowds.entries(practice, patient, many)
    with clock.at(crowds.NOW):
        for name in ("account", "settle-account"):
            queries, page = asked(manager, reverse(name, args=[patient.pk]))
            assert queries <= 45
            assert len(page) < 700_000
