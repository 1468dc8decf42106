"""From the claim to the money, with the sandbox payer as a process behind HTTP."""

from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from liaison.billing import queries
from liaison.billing.actions import batch, mend_claim, take_in
from liaison.billing.exchange import fetch_answers, send_waiting
from liaison.billing.exchange.configured import ways
from liaison.billing.models import Claim, Delivery, Exchange, Transfer
from liaison.kernel import clock
from liaison.record.models import OutboxEvent
from liaison.record.promises import broken
from tests.billing.clinic import BEGAN, TEST, Practice
from tests.support.sandboxes import Sandbox
from tests.x12.oracle import complaints

pytestmark = pytest.mark.processes


def events(name: str) -> list[dict[str, str]]:
    return [event.payload for event in OutboxEvent.objects.filter(name=name).order_by("seq")]


def statuses() -> set[tuple[str, str]]:
    return set(Exchange.objects.values_list("kind", "status"))


def test_a_visit_becomes_a_claim_that_is_accepted_paid_and_posted(practice: Practice, payer: Sandbox) -> None:
    claim = practice.claim(orders=["strep"])
    assert (claim.status, claim.findings, claim.total_cents) == ("ready", [], 19_500 + 2_600)
    (file,) = batch(TEST)
    assert complaints(bytes(file.body)) == []
    assert (file.status, file.claims) == ("to_send", [claim.number])

    assert send_waiting(payer.url) == 1
    assert fetch_answers(payer.url) == 3
    assert statuses() == {("837P", "accepted"), ("999", "posted"), ("277CA", "posted"), ("835", "posted")}
    claim.refresh_from_db()
    assert (claim.status, claim.payer_claim_number[:5]) == ("paid", "SUNCO")
    assert events("billing.claim_paid") == [{"claim": str(claim.pk), "encounter": str(claim.encounter_id)}]
    assert events("billing.encounter_settled") == [{"encounter": str(claim.encounter_id)}]
    totals = queries.totals()
    assert (totals.charged_cents, totals.patient_cents, totals.open_cents) == (22_100, 2_000, 0)
    assert totals.paid_cents + totals.adjusted_cents == 20_100
    assert queries.balance_of(claim.patient_id) == 2_000
    assert broken() == {}


def test_answers_fetched_twice_post_once(practice: Practice, payer: Sandbox) -> None:
    practice.claim()
    batch(TEST)
    send_waiting(payer.url)
    fetch_answers(payer.url)
    posted = Transfer.objects.count()
    assert fetch_answers(payer.url) == 0
    remittance = Exchange.objects.get(kind="835")
    assert take_in(TEST, "835", "the same by post", bytes(remittance.body)).pk == remittance.pk
    assert Transfer.objects.count() == posted


def test_killed_after_sending_and_before_noting_it_the_file_is_sent_again_and_not_doubled(
    practice: Practice, payer: Sandbox
) -> None:
    practice.claim()
    (file,) = batch(TEST)
    httpx.post(f"{payer.url}/claims", content=bytes(file.body)).raise_for_status()
    assert send_waiting(payer.url) == 1
    assert fetch_answers(payer.url) == 3
    assert Claim.objects.get().status == "paid"
    assert queries.totals().open_cents == 0


def test_killed_after_keeping_an_answer_and_before_posting_it_the_answer_is_posted_later(
    practice: Practice, payer: Sandbox
) -> None:
    practice.claim()
    batch(TEST)
    send_waiting(payer.url)
    with ways(payer.url)[0].open() as open_line:
        line = open_line.name
    listed = httpx.get(f"{payer.url}/files").json()["files"]
    for row in listed:
        body = httpx.get(f"{payer.url}/files/{row['id']}").content
        take_in(TEST, row["kind"], f"answers/{int(row['id']):012d}", body, line=line)
    assert Claim.objects.get().status == "sent"
    assert fetch_answers(payer.url) == 3
    assert Delivery.objects.count() == 3
    assert Claim.objects.get().status == "paid"


def test_a_payer_that_cannot_be_reached_gets_the_file_later(
    practice: Practice, start_payer: Callable[..., Sandbox]
) -> None:
    practice.claim()
    batch(TEST)
    gone = start_payer()
    gone.kill()
    assert (send_waiting(gone.url), fetch_answers(gone.url)) == (0, 0)
    assert Exchange.objects.get().status == "to_send"
    assert send_waiting(start_payer().url) == 1
    assert Exchange.objects.get().status == "sent"


def test_a_file_that_the_payer_refuses_is_set_aside_with_the_reason(practice: Practice, payer: Sandbox) -> None:
    practice.claim()
    (file,) = batch(TEST)
    other = bytes(file.body).replace(b"99203", b"99204")
    httpx.post(f"{payer.url}/claims", content=other).raise_for_status()
    assert send_waiting(payer.url) == 0
    file.refresh_from_db()
    assert (file.status, "409" in file.note) == ("refused", True)
    assert events("billing.exchange_held") == [{"exchange": str(file.pk)}]
    assert Claim.objects.get().status == "rejected"


def test_a_claim_with_a_wrong_member_id_is_rejected_and_mended(practice: Practice, payer: Sandbox) -> None:
    patient = practice.patient(member="XYZ1")
    claim = practice.claim(patient)
    batch(TEST)
    send_waiting(payer.url)
    fetch_answers(payer.url)
    claim.refresh_from_db()
    assert claim.status == "rejected"
    assert "member ID" in claim.answer
    assert events("billing.claim_rejected") == [{"claim": str(claim.pk), "encounter": str(claim.encounter_id)}]

    coverage = claim.coverage
    practice.cover(patient, member="SUN000000777")
    other = patient.coverages.exclude(pk=coverage.pk).get()
    assert mend_claim(TEST, claim.pk, coverage_id=other.pk).status == "ready"
    batch(TEST)
    send_waiting(payer.url)
    fetch_answers(payer.url)
    claim.refresh_from_db()
    assert claim.status == "paid"


def test_what_a_payer_denies_stays_open_and_becomes_an_event(practice: Practice, payer: Sandbox) -> None:
    claim = practice.claim(orders=["form"])
    batch(TEST)
    send_waiting(payer.url)
    fetch_answers(payer.url)
    claim.refresh_from_db()
    assert claim.status == "denied"
    assert "CO-96" in claim.answer
    assert events("billing.claim_denied") == [{"claim": str(claim.pk), "encounter": str(claim.encounter_id)}]
    assert events("billing.encounter_settled") == []
    assert queries.totals().open_cents == 4_000
    assert broken() == {}


def test_a_day_of_45_claims_is_posted_in_a_handful_of_queries_a_claim(
    practice: Practice, payer: Sandbox, django_assert_max_num_queries: Callable[..., object]
) -> None:
    with clock.at(BEGAN + timedelta(hours=9)):
        for number in range(45):
            member = f"STC{number + 1:09d}" if number % 3 == 0 else f"SUN{number + 1:09d}"
            practice.claim(practice.patient(member=member), orders=["strep"] if number % 2 else [])
        files = batch(TEST)
        assert [len(file.claims) for file in sorted(files, key=lambda file: len(file.claims))] == [15, 30]
        assert all(complaints(bytes(file.body)) == [] for file in files)
        send_waiting(payer.url)
        # Each claim is noted as accepted and as paid; all else of a file is read and written at once.
        # The line itself is taken and given back in three.
        with django_assert_max_num_queries(2 * 45 + 6 * 20 + 3):
            fetch_answers(payer.url)
    assert not set(Claim.objects.values_list("status", flat=True)) & {"sent", "accepted"}
    assert broken() == {}
