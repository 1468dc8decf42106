"""Payments and denials on the screen: seen, matched, refunded, by whoever may."""

import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from liaison.billing.actions.remittances.unposted import keep_overpaid
from liaison.billing.models import Denial, Payment, Unposted
from liaison.people.actors import of_staff
from liaison.people.staffing import add_staff
from tests.billing.clinic import TEST, Practice
from tests.billing.remits import denied, paid, remittance
from tests.billing.test_unposted import lost, sent, take
from tests.support.signed_in import client_of


def text(answer: HttpResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def seen_by(practice: Practice, role: str) -> Client:
    """The browser of somebody of a role."""
    person = add_staff(TEST, role=role, family="Quist", given=role.title(), site_id=practice.site.pk)
    return client_of(of_staff(person))


@pytest.fixture
def biller(practice: Practice) -> Client:
    return seen_by(practice, "biller")


def test_an_empty_office_is_told_what_comes_where(biller: Client) -> None:
    assert "A payment comes with the payer’s remittance" in text(biller.get(reverse("payments")))
    assert "No claim is paid too much" in text(biller.get(reverse("payments"), {"show": "over"}))
    assert "Nothing denied waits for you" in text(biller.get(reverse("denials")))
    assert "No payer has answered yet" in text(biller.get(reverse("denials"), {"payer": "garbage", "order": "x"}))


def test_a_lost_payment_is_matched_on_the_page(practice: Practice, biller: Client) -> None:
    claim = sent(practice)
    row = lost(claim)
    listed = text(biller.get(reverse("payments")))
    assert "$115.00 Never sent from here" in listed
    shown = biller.get(reverse("unposted", args=[row.pk])).content.decode()
    assert f'value="{claim.pk}" checked' in shown
    settle = reverse("settle-unposted", args=[row.pk])
    assert "Choose one from the list." in text(biller.post(settle, {"how": "match", "claim": "garbage"}))
    refused = biller.post(settle, {"how": "back", "reason": "Not ours"})
    assert (refused.status_code, "Write the number of the check" in text(refused)) == (422, True)
    assert biller.post(settle, {"how": "match", "claim": str(claim.pk)}).status_code == 302
    assert f"posted to a claim {claim.number}" in text(biller.get(reverse("payment", args=[row.payment_id])))
    assert "Posted to a claim" in text(biller.get(reverse("unposted", args=[row.pk])))


def test_what_was_paid_too_much_is_refunded_on_the_page(practice: Practice, biller: Client) -> None:
    claim = sent(practice)
    take(remittance(paid(claim, (6_000, 2_000))))
    take(remittance(paid(claim, (6_000, 2_000)), trace="SUNCO2"))
    keep_overpaid(TEST, Unposted.objects.get().pk, claim.pk)
    address = reverse("refund-payer", args=[claim.pk])
    refused = biller.post(address, {"cents": "900", "reference": "1", "reason": "Paid twice"})
    assert "The payer has paid $115.00 too much." in text(refused)
    assert biller.post(address, {"cents": "115.00", "reference": "1", "reason": "Paid twice"}).status_code == 302
    assert "No claim is paid too much" in text(biller.get(reverse("payments"), {"show": "over"}))


def test_the_work_list_of_denials(practice: Practice, biller: Client) -> None:
    claim = sent(practice)
    take(remittance(denied(claim, "29")))
    page = text(biller.get(reverse("denials")))
    assert "CO-29 (the claim came too late)" in page
    assert "If it was sent in time, appeal" in page
    assert "100.0 %" in page
    assert biller.post(reverse("claim-appealed", args=[claim.pk])).status_code == 302
    assert Denial.objects.get().outcome == "appealed"
    assert "appealed" in text(biller.get(reverse("denials"), {"show": "waiting"}))


def test_who_may_not_see_money_sees_none(practice: Practice) -> None:
    row = lost(sent(practice))
    assistant = seen_by(practice, "medical-assistant")
    pages = [reverse("payments"), reverse("denials"), reverse("unposted", args=[row.pk])]
    pages.append(reverse("payment", args=[Payment.objects.get().pk]))
    assert {assistant.get(one).status_code for one in pages} == {403}
    desk = seen_by(practice, "front-desk")
    assert desk.post(reverse("settle-unposted", args=[row.pk]), {"how": "aside", "reason": "x"}).status_code == 403


def test_the_pages_ask_a_fixed_number_of_queries(
    practice: Practice, biller: Client, django_assert_max_num_queries: Any
) -> None:
    claims = [sent(practice) for _ in range(6)]
    take(
        remittance(
            *(denied(claim) for claim in claims[:3]),
            *(paid(claim, (0, 0), number=f"X{n}") for n, claim in enumerate(claims[3:])),
        )
    )
    with django_assert_max_num_queries(18):
        biller.get(reverse("denials"))
    with django_assert_max_num_queries(14):
        biller.get(reverse("payments"))


def test_a_denied_claim_says_what_to_do_until_it_is_appealed(practice: Practice, biller: Client) -> None:
    claim = sent(practice)
    take(remittance(denied(claim, "197")))
    address = reverse("claim", args=[claim.pk])
    assert "Ask the plan for it afterwards, add the number and send again" in text(biller.get(address))
    biller.post(reverse("claim-appealed", args=[claim.pk]))
    assert "appealed" in text(biller.get(address))
