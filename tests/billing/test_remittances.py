"""Remittances: posted once and to the cent, or held whole with the reason."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest

from liaison.billing import ledger, queries
from liaison.billing.actions import batch, bill_patient, mend_claim, post_remittance, process, take_in, write_off
from liaison.billing.models import Account, Adjudication, Claim, Exchange, Payment, Transfer, Unposted
from liaison.engines.x12 import ProviderAdjustment
from liaison.kernel.errors import Conflict, Invalid
from liaison.record.change import change
from liaison.record.models import OutboxEvent
from liaison.record.promises import broken
from tests.billing.clinic import TEST, Practice
from tests.billing.remits import DAY, denied, paid, remittance, taken_back


def count(name: str) -> int:
    return OutboxEvent.objects.filter(name=name).count()


def sent(practice: Practice, **visit: object) -> Claim:
    claim = practice.claim(**visit)  # type: ignore[arg-type]  # of Practice.claim
    batch(TEST)
    return Claim.objects.get(pk=claim.pk)


def take(body: bytes) -> Exchange:
    return process(TEST, take_in(TEST, "835", "check.835", body).pk)


def test_payment_adjustment_and_share_are_posted_line_by_line(practice: Practice) -> None:
    claim = sent(practice, orders=["strep"])
    assert take(remittance(paid(claim, (6_000, 2_000), (600, 0)))).status == "posted"
    posted = Transfer.objects.exclude(kind="charge").values_list(
        "kind", "debit", "credit", "cents", "code", "charge__code"
    )
    owed = Account.PAYER_RECEIVABLE
    assert set(posted) == {
        ("payment", Account.BANK, owed, 11_500, "", "99203"),
        ("adjustment", Account.CONTRACTUAL, owed, 6_000, "CO-45", "99203"),
        ("patient-share", Account.PATIENT_RECEIVABLE, owed, 2_000, "PR-2", "99203"),
        ("payment", Account.BANK, owed, 2_000, "", "87880"),
        ("adjustment", Account.CONTRACTUAL, owed, 600, "CO-45", "87880"),
    }
    assert len({row.transaction for row in Transfer.objects.exclude(kind="charge")}) == 1
    assert (count("billing.claim_paid"), count("billing.encounter_settled")) == (1, 1)
    assert broken() == {}


def test_the_same_remittance_twice_posts_once(practice: Practice) -> None:
    claim = sent(practice)
    body = remittance(paid(claim, (6_000, 2_000)))
    first, second = take(body), take(body)
    assert first.pk == second.pk
    assert post_remittance(TEST, first.pk).status == "posted"
    assert (Adjudication.objects.count(), Transfer.objects.count(), count("billing.claim_paid")) == (1, 4, 1)


def left() -> list[tuple[str, int]]:
    """What waits for a person: its kind and its cents."""
    return list(Unposted.objects.filter(settled_at=None).order_by("created_at", "place").values_list("kind", "cents"))


def held(account: str) -> int:
    return ledger.balance(ledger.flows(Transfer.objects.all()), account)


def test_the_same_payment_in_another_file_is_in_the_bank_and_waits_for_a_person(practice: Practice) -> None:
    claim = sent(practice)
    take(remittance(paid(claim, (6_000, 2_000))))
    take(remittance(paid(claim, (6_000, 2_000)), trace="SUNCO2"))
    assert left() == [("answered", 11_500)]
    assert "answered before" in Unposted.objects.get().why
    assert (held(Account.BANK), held(Account.UNAPPLIED), queries.totals().paid_cents) == (23_000, -11_500, 11_500)
    assert (Adjudication.objects.count(), count("billing.unposted")) == (1, 1)
    assert broken() == {}


def test_a_remittance_that_does_not_balance_is_held_whole(practice: Practice) -> None:
    claim = sent(practice)
    held = take(remittance(paid(claim, (6_000, 2_000)), off_by=1))
    assert (held.status, "BPR02" in held.note) == ("held", True)
    assert (Adjudication.objects.count(), Transfer.objects.count()) == (0, 1)
    assert Claim.objects.get().status == "sent"
    post_remittance(TEST, held.pk)
    assert count("billing.exchange_held") == 1


def test_a_claim_never_sent_waits_and_the_others_are_posted(practice: Practice) -> None:
    claim = sent(practice)
    ready = practice.claim()
    answer = remittance(paid(claim, (6_000, 2_000)), paid(claim, (0, 0), number="X999"), paid(ready, (0, 0)))
    assert take(answer).status == "posted"
    assert left() == [("unknown", 19_500), ("unknown", 19_500)]
    said = " ".join(Unposted.objects.values_list("why", flat=True))
    assert "claim X999, which was never sent" in said
    assert f"claim {ready.number}, which was never sent" in said
    assert list(Adjudication.objects.values_list("claim", flat=True)) == [claim.pk]
    assert (queries.totals().paid_cents, held(Account.BANK)) == (11_500, 50_500)
    assert take(answer).status == "posted"
    assert (Adjudication.objects.count(), Unposted.objects.count(), count("billing.unposted")) == (1, 2, 1)
    assert broken() == {}


def test_another_amount_than_was_charged_waits(practice: Practice) -> None:
    claim = sent(practice)
    other = Claim(number=claim.number, total_cents=1_000, lines=[{"code": "99203", "cents": 1_000}])
    take(remittance(paid(other, (0, 0))))
    assert (left(), "$10.00" in Unposted.objects.get().why) == ([("amount", 1_000)], True)
    assert Adjudication.objects.count() == 0


def test_what_is_no_remittance_is_held_with_the_reason(practice: Practice) -> None:
    assert "cannot be read" in take(b"Dear practice, here is your money.").note
    assert "cannot be read" in take(remittance()[:200]).note
    with pytest.raises(Invalid):
        take_in(TEST, "834", "roster", b"ISA")
    with pytest.raises(Invalid):
        take_in(TEST, "835", "nothing", b"")


def test_money_for_no_claim_goes_to_its_own_account(practice: Practice) -> None:
    claim = sent(practice)
    npi = "1234567893"
    adjustments = (
        ProviderAdjustment(npi, DAY, "L6", -500),
        ProviderAdjustment(npi, DAY, "CT", -20_000),
        ProviderAdjustment(npi, DAY, "FB", 3_000, "SUNCO00000001"),
        ProviderAdjustment(npi, DAY, "WO", 700, "OLD-1"),
        ProviderAdjustment(npi, DAY, "ZZ", -100),
    )
    assert take(remittance(paid(claim, (6_000, 2_000)), provider=adjustments)).status == "posted"
    assert (held(Account.INTEREST), held(Account.CAPITATION)) == (-500, -20_000)
    assert held(Account.PAYER_OFFSET) == 3_000 + 700 - 100
    assert held(Account.BANK) == Payment.objects.get().cents == 11_500 + 500 + 20_000 - 3_000 - 700 + 100
    assert left() == [("provider-level", -700), ("provider-level", 100)]
    assert queries.totals().paid_cents == 11_500
    assert broken() == {}


def test_a_payment_is_taken_back_entry_by_entry_and_paid_anew_in_one_file(practice: Practice) -> None:
    claim = sent(practice)
    first = paid(claim, (6_000, 2_000))
    take(remittance(first))
    assert take(remittance(taken_back(first), paid(claim, (5_000, 1_000)), trace="SUNCO2")).status == "posted"
    totals = queries.totals()
    assert (totals.paid_cents, totals.adjusted_cents, totals.patient_cents, totals.open_cents) == (
        13_500,
        5_000,
        1_000,
        0,
    )
    undone = Transfer.objects.filter(kind="reversal")
    assert {(row.cents, row.reverses.cents) for row in undone if row.reverses} == {
        (c, c) for c in (11_500, 6_000, 2_000)
    }
    assert Claim.objects.get().status == "paid"
    assert broken() == {}


def test_a_payment_that_was_never_made_is_not_taken_back(practice: Practice) -> None:
    claim = sent(practice)
    take(remittance(taken_back(paid(claim, (6_000, 2_000)))))
    assert left() == [("taken-back", -11_500)]
    assert (held(Account.BANK), held(Account.UNAPPLIED)) == (-11_500, 11_500)
    assert Claim.objects.get().status == "sent"
    assert broken() == {}


def test_a_denied_claim_is_mended_and_sent_again(practice: Practice) -> None:
    claim = sent(practice)
    assert take(remittance(denied(claim))).status == "posted"
    claim.refresh_from_db()
    assert (claim.status, "CO-16" in claim.answer, queries.totals().open_cents) == ("denied", True, 19_500)
    assert (count("billing.claim_denied"), count("billing.encounter_settled")) == (1, 0)
    mend_claim(TEST, claim.pk)
    batch(TEST)
    take(remittance(paid(claim, (6_000, 2_000)), trace="SUNCO2"))
    assert (Claim.objects.get().status, queries.totals().open_cents) == ("paid", 0)
    assert broken() == {}


def test_a_denial_is_taken_back_and_decided_anew_while_its_replacement_is_on_its_way(practice: Practice) -> None:
    claim = sent(practice)
    refusal = denied(claim)
    take(remittance(refusal))
    mend_claim(TEST, claim.pk)
    batch(TEST)
    take(remittance(taken_back(refusal), paid(claim, (6_000, 2_000)), trace="SUNCO2"))
    assert (left(), Claim.objects.get().status, queries.totals().paid_cents) == ([], "paid", 11_500)
    assert broken() == {}


@pytest.mark.parametrize(
    ("give_up", "adjusted", "patient"), [(write_off, 19_500, 0), (partial(bill_patient, agreed=True), 0, 19_500)]
)
def test_a_denied_claim_is_written_off_or_billed_to_the_patient(
    practice: Practice, give_up: Callable[..., Claim], adjusted: int, patient: int
) -> None:
    claim = sent(practice)
    with pytest.raises(Conflict):
        give_up(TEST, claim.pk, "too soon")
    take(remittance(denied(claim)))
    with pytest.raises(Invalid):
        give_up(TEST, claim.pk, " ")
    assert give_up(TEST, claim.pk, "not worth an appeal").status == "closed"
    totals = queries.totals()
    assert (totals.adjusted_cents, totals.patient_cents, totals.open_cents) == (adjusted, patient, 0)
    assert count("billing.encounter_settled") == 1
    assert broken() == {}


@pytest.mark.parametrize("status", ["denied", "paid"])
def test_what_stays_open_of_a_partly_paid_claim_is_settled(practice: Practice, status: str) -> None:
    claim = sent(practice, orders=["strep"])
    half, refused = paid(claim, (6_000, 2_000), (0, 0)), denied(claim)
    lines = (half.lines[0], refused.lines[1])
    part = replace(half, lines=lines, paid_cents=11_500)
    assert take(remittance(part)).status == "posted"
    claim.refresh_from_db()
    assert (claim.status, queries.totals().open_cents) == ("denied", 2_600)
    with change(TEST, "billing.post") as this:  # as a payer that left a line out would leave it
        claim.status = status
        this.save(claim, "status")
    with pytest.raises(Conflict):
        mend_claim(TEST, claim.pk)
    assert bill_patient(TEST, claim.pk, "Not covered", agreed=True).status == "closed"
    totals = queries.totals()
    assert (totals.paid_cents, totals.patient_cents, totals.open_cents) == (11_500, 4_600, 0)
    with pytest.raises(Conflict):
        write_off(TEST, claim.pk, "Once more")
    assert broken() == {}


def test_nothing_of_a_claim_that_is_paid_whole_can_be_settled(practice: Practice) -> None:
    claim = sent(practice)
    take(remittance(paid(claim, (6_000, 2_000))))
    with pytest.raises(Conflict, match="nothing of it is open"):
        write_off(TEST, claim.pk, "To be rid of it")
