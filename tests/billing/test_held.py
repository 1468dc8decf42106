"""Files of payers that could not be posted: looked at, tried again, set aside."""

import pytest
from django.test import Client
from django.urls import reverse

from liaison.billing.actions import batch, note_sent, note_waiting, process, take_in
from liaison.billing.models import Claim, Exchange
from liaison.kernel import clock
from liaison.people.actions import restrict
from liaison.record import outbox
from liaison.worklist.models import Task
from sandbox_payer.exchange import answer
from sandbox_payer.history import MemoryHistory
from sandbox_payer.rules import load_rules
from tests.billing.clinic import BEGAN, TEST, Practice
from tests.billing.remits import paid, remittance
from tests.billing.test_payments_pages import seen_by, text


@pytest.fixture
def biller(practice: Practice) -> Client:
    return seen_by(practice, "biller")


def half(practice: Practice) -> Exchange:
    claim = practice.claim()
    batch(TEST)
    whole = remittance(paid(Claim.objects.get(pk=claim.pk), (6_000, 2_000)))
    return process(TEST, take_in(TEST, "835", "half.835", whole[: len(whole) // 2]).pk)


def tasks() -> list[tuple[str, str]]:
    outbox.deliver()
    return list(Task.objects.order_by("created_at").values_list("kind", "status"))


def test_half_a_file_is_looked_at_and_set_aside_with_a_reason(practice: Practice, biller: Client) -> None:
    file = half(practice)
    assert tasks() == [("exchange-held", "requested")]
    task = Task.objects.get()
    assert "cut off" in task.detail
    page = biller.get(task.link)
    assert "cut off" in text(page)
    assert "835 005010X221A1" in text(page)
    assert biller.get(reverse("claim-file-original", args=[file.pk])).content == bytes(file.body)
    set_aside = reverse("set-file-aside", args=[file.pk])
    refused = biller.post(set_aside, {"aside_reason": " "})
    assert (refused.status_code, "Say why nothing of it" in text(refused)) == (422, True)
    assert biller.post(set_aside, {"aside_reason": "The whole one came at noon."}).status_code == 302
    file.refresh_from_db()
    assert (file.status, "The whole one came at noon." in file.note) == ("set_aside", True)
    assert tasks() == [("exchange-held", "completed")]
    assert f"/claims/files/{file.pk}/" in biller.get(reverse("claim-files"), {"show": "set_aside"}).content.decode()
    biller.post(set_aside, {"aside_reason": "Once more"})
    again = biller.post(reverse("try-file-again", args=[file.pk]), follow=True)
    assert "nothing is left to do about it" in text(again)
    file.refresh_from_db()
    assert "Once more" not in file.note


def test_a_held_answer_is_posted_when_what_it_answers_is_there(practice: Practice, biller: Client) -> None:
    claim = practice.claim()
    (sent,) = batch(TEST)
    answers = answer(bytes(sent.body), load_rules(), MemoryHistory(), BEGAN.date())
    body = next(one.content for one in answers if one.kind == "277CA")
    later = f"{claim.number[:-1]}{int(claim.number[-1]) + 1}"
    body = body.replace(claim.number.encode(), later.encode())
    file = process(TEST, take_in(TEST, "277CA", "early.277ca", body).pk)
    assert (file.status, tasks()) == ("held", [("exchange-held", "requested")])
    try_again = reverse("try-file-again", args=[file.pk])
    refused = biller.post(try_again, follow=True)
    assert ("cannot be posted yet" in text(refused), 'class="notice refused' in refused.content.decode()) == (
        True,
        True,
    )
    assert practice.claim().number == later
    batch(TEST)
    assert "The file is posted." in text(biller.post(try_again, follow=True))
    assert (Claim.objects.get(number=later).status, tasks()) == ("accepted", [("exchange-held", "completed")])


def test_garbage_is_shown_as_far_as_it_can_be_read(practice: Practice, biller: Client) -> None:
    file = process(TEST, take_in(TEST, "", "page.html", b"<html>\xff\x00 \x1b[31m", line="a line").pk)
    page = biller.get(reverse("claim-file", args=[file.pk]))
    assert (page.status_code, "matched to no claim of ours" in text(page)) == (200, True)


def test_a_file_that_speaks_of_a_restricted_chart_is_for_who_may_open_it(practice: Practice, biller: Client) -> None:
    claim = practice.claim()
    (sent,) = batch(TEST)
    restrict(TEST, claim.patient_id, True, "asked for")
    whole = remittance(paid(Claim.objects.get(), (6_000, 2_000)))
    held = process(TEST, take_in(TEST, "835", "half.835", whole[:-40]).pk)
    assert (held.status, held.claims) == ("held", [])
    for file in (sent, held):
        for name in ("claim-file", "claim-file-original"):
            assert biller.get(reverse(name, args=[file.pk])).status_code == 403
    assert biller.get(reverse("claim-file", args=[claim.pk])).status_code == 404


def test_claims_that_go_out_after_all_need_nobody(practice: Practice) -> None:
    practice.claim()
    (file,) = batch(TEST)
    for hours in (0, 2, 3):
        with clock.at(file.created_at.replace(microsecond=0) + hours * (BEGAN - BEGAN.replace(hour=BEGAN.hour - 1))):
            note_waiting(TEST, file.pk, f"The payer cannot be reached ({hours}).")
    assert tasks() == [("exchange-waits", "requested")]
    note_sent(TEST, file.pk)
    assert tasks() == [("exchange-waits", "completed")]
