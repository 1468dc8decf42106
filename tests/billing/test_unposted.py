"""Money that fits nothing: near which claim it is, and that it goes to a claim, stays as overpaid, or goes back."""

from dataclasses import replace

import pytest

from liaison.billing import ledger, queries
from liaison.billing.actions import batch, process, take_in
from liaison.billing.actions.remittances.unposted import (
    keep_overpaid,
    match,
    refund_payer,
    send_back,
    set_aside,
)
from liaison.billing.models import Account, Claim, Exchange, Payment, Transfer, Unposted
from liaison.billing.queries.payments import candidates, overpaid, payment_for, standing
from liaison.engines.x12 import ProviderAdjustment
from liaison.kernel.errors import Conflict, Invalid
from liaison.record import outbox
from liaison.record.promises import broken
from liaison.worklist.models import Task
from tests.billing.clinic import TEST, Practice
from tests.billing.remits import DAY, denied, paid, remittance, taken_back


def sent(practice: Practice) -> Claim:
    claim = practice.claim()
    batch(TEST)
    return Claim.objects.select_related("patient", "coverage").get(pk=claim.pk)


def take(body: bytes) -> Exchange:
    return process(TEST, take_in(TEST, "835", "check.835", body).pk)


def held(account: str) -> int:
    return ledger.balance(ledger.flows(Transfer.objects.all()), account)


def lost(claim: Claim, **more: str) -> Unposted:
    """A payment of a claim under a number that is not ours."""
    facts = {"number": "X000099", **more}
    answer = replace(
        paid(claim, (6_000, 2_000), number=facts["number"]),
        patient_last_name=claim.patient.family,
        patient_first_name=claim.patient.given,
        member_id=claim.coverage.member_id,
        service_date=claim.service_date,
        payer_claim_number="P0",
    )
    take(remittance(answer))
    return Unposted.objects.get()


def test_the_nearest_claim_comes_first_and_says_why(practice: Practice) -> None:
    other, claim = sent(practice), sent(practice)
    row = lost(claim)
    found = candidates(TEST, row)
    assert [one.claim.pk for one in found] == [claim.pk, other.pk]
    assert found[0].why == ["member ID", "family name", "given name", "day of service", "charge"]
    assert found[1].why == ["given name", "day of service", "charge"]


def test_it_is_posted_to_the_claim_that_a_person_chose(practice: Practice) -> None:
    claim = sent(practice)
    row = lost(claim)
    outbox.deliver()
    assert Task.objects.filter(kind="payment-to-match", done_at=None).count() == 1
    assert match(TEST, row.pk, claim.pk).status == "paid"
    totals = queries.totals()
    assert (totals.paid_cents, totals.adjusted_cents, totals.patient_cents, totals.open_cents) == (
        11_500,
        6_000,
        2_000,
        0,
    )
    assert (held(Account.BANK), held(Account.UNAPPLIED)) == (11_500, 0)
    row.refresh_from_db()
    assert (row.how, row.claim_id) == ("matched", claim.pk)
    outbox.deliver()
    assert not Task.objects.filter(kind="payment-to-match", done_at=None).exists()
    with pytest.raises(Conflict):
        match(TEST, row.pk, claim.pk)
    assert broken() == {}


def test_a_payment_that_does_not_fit_even_so_moves_nothing(practice: Practice) -> None:
    claim = sent(practice)
    take(remittance(paid(claim, (6_000, 2_000))))
    take(remittance(paid(claim, (6_000, 2_000)), trace="SUNCO2"))
    before = Transfer.objects.count()
    with pytest.raises(Conflict) as refused:
        match(TEST, Unposted.objects.get().pk, claim.pk)
    assert "only $0.00 of it is open" in refused.value.sentence
    assert (Transfer.objects.count(), Unposted.objects.filter(settled_at=None).count()) == (before, 1)


def test_a_second_payment_is_kept_as_overpaid_and_refunded(practice: Practice) -> None:
    claim = sent(practice)
    take(remittance(paid(claim, (6_000, 2_000))))
    take(remittance(paid(claim, (6_000, 2_000)), trace="SUNCO2"))
    keep_overpaid(TEST, Unposted.objects.get().pk, claim.pk)
    assert [(one.claim, one.cents) for one in overpaid(TEST)] == [(claim, -11_500)]
    assert broken() == {}
    with pytest.raises(Conflict):
        refund_payer(TEST, claim.pk, cents=11_501, reference="1001", reason="Paid twice")
    with pytest.raises(Invalid):
        refund_payer(TEST, claim.pk, cents=11_500, reference=" ", reason="Paid twice")
    refund_payer(TEST, claim.pk, cents=11_500, reference="1001", reason="Paid twice")
    assert (list(overpaid(TEST)), held(Account.BANK)) == ([], 11_500)
    assert broken() == {}


def test_a_payer_that_takes_an_overpayment_from_a_later_payment_settles_it(practice: Practice) -> None:
    claim, later = sent(practice), sent(practice)
    take(remittance(paid(claim, (6_000, 2_000))))
    take(remittance(paid(claim, (6_000, 2_000)), trace="SUNCO2"))
    keep_overpaid(TEST, Unposted.objects.get().pk, claim.pk)
    recovery = ProviderAdjustment("1234567893", DAY, "WO", 11_500, claim.number)
    take(remittance(paid(later, (6_000, 2_000)), trace="SUNCO3", provider=(recovery,)))
    assert (list(overpaid(TEST)), held(Account.PAYER_OFFSET), held(Account.BANK)) == ([], 0, 23_000)
    assert not Unposted.objects.filter(settled_at=None).exists()
    assert broken() == {}


def test_what_is_not_ours_goes_back(practice: Practice) -> None:
    row = lost(sent(practice))
    with pytest.raises(Invalid):
        send_back(TEST, row.pk, reference="", reason="Another clinic’s patient")
    with pytest.raises(Invalid):
        send_back(TEST, row.pk, reference="1002", reason=" ")
    with pytest.raises(Conflict):
        set_aside(TEST, row.pk, "Nothing to do")
    send_back(TEST, row.pk, reference="1002", reason="Another clinic’s patient")
    assert (held(Account.BANK), held(Account.UNAPPLIED)) == (0, 0)
    assert broken() == {}


def test_an_answer_without_money_is_set_aside(practice: Practice) -> None:
    claim = sent(practice)
    take(remittance(replace(denied(claim), control_number="X1")))
    row = Unposted.objects.get()
    assert row.cents == 0
    set_aside(TEST, row.pk, "A claim of another clinic")
    assert standing(TEST).to_match == 0


def test_a_recovery_is_put_to_the_claim_that_it_is_for(practice: Practice) -> None:
    claim, other = sent(practice), sent(practice)
    take(remittance(paid(claim, (6_000, 2_000))))
    recovery = ProviderAdjustment("1234567893", DAY, "WO", 11_500, "A letter")
    take(remittance(paid(other, (6_000, 2_000)), trace="SUNCO2", provider=(recovery,)))
    row = Unposted.objects.get()
    assert (row.kind, standing(TEST).offset_cents) == ("provider-level", 11_500)
    match(TEST, row.pk, claim.pk)
    assert (standing(TEST).offset_cents, queries.totals().open_cents) == (0, 11_500)
    assert broken() == {}


def test_a_takeback_of_what_was_never_posted_waits_and_is_matched(practice: Practice) -> None:
    claim = sent(practice)
    first = paid(claim, (6_000, 2_000))
    take(remittance(first))
    take(remittance(replace(taken_back(first), control_number="X7"), trace="SUNCO2"))
    row = Unposted.objects.get()
    assert (row.cents, held(Account.UNAPPLIED), held(Account.BANK)) == (-11_500, 11_500, 0)
    match(TEST, row.pk, claim.pk)
    assert (held(Account.UNAPPLIED), held(Account.BANK), queries.totals().open_cents) == (0, 0, 19_500)
    assert broken() == {}


def test_what_was_matched_by_hand_is_taken_back_from_the_bank(practice: Practice) -> None:
    claim = sent(practice)
    match(TEST, lost(claim).pk, claim.pk)
    take(remittance(taken_back(paid(claim, (6_000, 2_000))), trace="SUNCO2"))
    assert (held(Account.UNAPPLIED), held(Account.BANK), queries.totals().open_cents) == (0, 0, 19_500)
    assert not Unposted.objects.filter(settled_at=None).exists()
    assert broken() == {}


def test_a_payment_shows_all_that_it_is_made_of(practice: Practice) -> None:
    claim = sent(practice)
    interest = ProviderAdjustment("1234567893", DAY, "L6", -500)
    take(remittance(paid(claim, (6_000, 2_000)), paid(claim, (0, 0), number="X1"), provider=(interest,)))
    view = payment_for(TEST, Payment.objects.get().pk)
    assert (view.posted_cents, len(view.answers), len(view.unposted), len(view.others)) == (11_500, 1, 1, 1)
    parts = view.posted_cents + sum(one.cents for one in view.unposted) + sum(one.cents for one in view.others)
    assert parts == view.payment.cents
