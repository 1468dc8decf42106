"""Many at once: each claim goes into one file, each visit is billed once, each receipt number is given once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest
from django.db import connection

from liaison.billing import queries
from liaison.billing.actions import batch, confirm_charges, draft_charges, process, take_in, take_payment
from liaison.billing.actions.books.drawer import open_drawer
from liaison.billing.actions.remittances.unposted import match
from liaison.billing.models import Adjudication, Drawer, Exchange, Transfer, Unposted
from liaison.kernel.errors import Conflict
from liaison.record.promises import broken
from tests.billing.clinic import TEST, open_practice
from tests.billing.remits import paid, remittance

R = TypeVar("R")
pytestmark = pytest.mark.usefixtures("own_database")


def at_once(many: int, act: Callable[[], R]) -> list[R]:
    """The answers of `many` threads that do the same at the same time."""

    def run(_: int) -> R:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(many) as pool:
        return list(pool.map(run, range(many)))


def test_a_visit_confirmed_by_many_is_billed_once() -> None:
    practice = open_practice()
    encounter = practice.visit(practice.patient(), orders=["strep"])
    at_once(8, lambda: draft_charges(TEST, encounter.pk, visit_type="follow-up"))
    claims = at_once(8, lambda: confirm_charges(TEST, encounter.pk))
    assert len({claim.pk for claim in claims if claim}) == 1
    assert queries.totals().charged_cents == 22_100
    assert broken() == {}


def test_batches_at_once_never_take_the_same_claim() -> None:
    practice = open_practice()
    numbers = sorted(practice.claim().number for _ in range(12))
    at_once(6, lambda: batch(TEST))
    sent = [number for claims in Exchange.objects.values_list("claims", flat=True) for number in claims]
    assert sorted(sent) == numbers


def test_a_remittance_taken_in_and_posted_by_many_is_posted_once() -> None:
    practice = open_practice()
    claim = practice.claim()
    batch(TEST)
    body = remittance(paid(claim, (6_000, 2_000)))
    at_once(8, lambda: process(TEST, take_in(TEST, "835", "check.835", body).pk))
    assert (Adjudication.objects.count(), Transfer.objects.count()) == (1, 4)
    assert queries.totals().open_cents == 0


def test_no_receipt_number_is_given_twice() -> None:
    patient = open_practice().patient()
    taken = at_once(16, lambda: take_payment(TEST, patient.pk, cents=100, method="cash"))
    assert len({transfer.receipt for transfer in taken}) == 16
    assert queries.balance_of(patient.pk) == -1_600


def once(act: Callable[[], R]) -> Callable[[], R | None]:
    """As `act`; None where it is told that somebody was before."""

    def run() -> R | None:
        try:
            return act()
        except Conflict:
            return None

    return run


def test_a_drawer_that_many_open_is_opened_by_one() -> None:
    practice = open_practice()
    opened = at_once(8, once(lambda: open_drawer(TEST, practice.site.pk, 10_000)))
    assert len([one for one in opened if one]) == Drawer.objects.count() == 1


def test_a_lost_payment_that_many_match_is_posted_once() -> None:
    practice = open_practice()
    claim = practice.claim()
    batch(TEST)
    process(TEST, take_in(TEST, "835", "check.835", remittance(paid(claim, (6_000, 2_000), number="X1"))).pk)
    row = Unposted.objects.get()
    matched = at_once(8, once(lambda: match(TEST, row.pk, claim.pk)))
    assert len([one for one in matched if one]) == Adjudication.objects.count() == 1
    assert queries.totals().open_cents == 0
    assert broken() == {}
