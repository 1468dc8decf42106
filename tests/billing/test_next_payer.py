"""What the first payer leaves to the patient goes to the next payer, and only what that one leaves to the patient."""

from dataclasses import replace

from liaison.billing import ledger, queries
from liaison.billing.actions import batch, process, take_in
from liaison.billing.models import Account, Claim, Exchange, Transfer, Unposted
from liaison.engines.x12 import Adjustment, RemitClaim, read_837p
from liaison.record.promises import broken
from tests.billing.clinic import TEST, Practice
from tests.billing.remits import paid, remittance, taken_back


def covered_twice(practice: Practice) -> Claim:
    """A claim to the first of two payers, sent."""
    patient = practice.patient()
    practice.cover(patient, member="STC000000007", position=2)
    claim = practice.claim(patient)
    batch(TEST)
    return Claim.objects.get(pk=claim.pk)


def take(*answers: RemitClaim, trace: str = "SUNCO1") -> None:
    process(TEST, take_in(TEST, "835", "check.835", remittance(*answers, trace=trace)).pk)


def second(claim: Claim) -> Claim:
    return Claim.objects.get(previous=claim)


def by_second(claim: Claim, cents: int, *adjustments: Adjustment, status: str = "2") -> RemitClaim:
    """What the next payer says: the first payer's part as OA-23, its own payment, its adjustments."""
    answer = paid(claim, (0, 0))
    line = replace(answer.lines[0], paid_cents=cents, adjustments=adjustments)
    share = sum(one.cents for one in adjustments if one.group == "PR")
    return replace(
        answer, status_code=status, lines=(line,), paid_cents=cents, patient_responsibility_cents=share,
        payer_claim_number="STC1",
    )  # fmt: skip


def owes(claim: Claim) -> int:
    return queries.balance_of(claim.patient_id)


def test_the_next_payer_is_billed_for_what_the_first_leaves(practice: Practice) -> None:
    claim = covered_twice(practice)
    take(paid(claim, (6_000, 2_000)))
    later = second(claim)
    assert (later.responsibility, later.payer.code, later.status) == ("S", "STCAI", "ready")
    assert (owes(claim), queries.totals().open_cents) == (0, 2_000)
    assert broken() == {}
    batch(TEST)
    document = read_837p(bytes(Exchange.objects.get(direction="out", payer=later.payer).body)).claims[0]
    assert document.control_number == later.number
    other = document.others[0]
    assert other.paid_cents == 11_500
    take(by_second(second(claim), 1_500, Adjustment("OA", "23", 17_500), Adjustment("PR", "3", 500)), trace="STC1")
    totals = queries.totals()
    assert (totals.paid_cents, totals.adjusted_cents, totals.patient_cents, totals.open_cents) == (
        13_000,
        6_000,
        500,
        0,
    )
    assert owes(claim) == 500
    assert broken() == {}


def test_a_next_payer_that_names_the_first_payers_part_otherwise_takes_nothing_twice(practice: Practice) -> None:
    claim = covered_twice(practice)
    take(paid(claim, (6_000, 2_000)))
    batch(TEST)
    take(by_second(second(claim), 1_200, Adjustment("CO", "45", 18_000), Adjustment("PR", "3", 300)), trace="STC1")
    totals = queries.totals()
    assert (totals.paid_cents, totals.adjusted_cents, totals.patient_cents, totals.open_cents) == (
        12_700,
        6_500,
        300,
        0,
    )
    assert broken() == {}


def test_what_the_first_payer_sends_on_itself_is_not_sent_again(practice: Practice) -> None:
    claim = covered_twice(practice)
    take(replace(paid(claim, (6_000, 2_000)), status_code="19"))
    later = second(claim)
    assert (later.status, later.answer) == ("sent", "Sent on by the payer before.")
    assert batch(TEST) == []
    assert broken() == {}
    # The next payer knows the claim by the number that the first one had
    answer = replace(by_second(later, 2_000, Adjustment("OA", "23", 17_500)), control_number=claim.number)
    take(answer, trace="STC1")
    assert (Claim.objects.get(pk=later.pk).status, Unposted.objects.count()) == ("paid", 0)
    assert (queries.totals().open_cents, owes(claim)) == (0, 0)
    assert broken() == {}


def test_a_first_payer_that_takes_its_answer_back_takes_the_next_claim_along(practice: Practice) -> None:
    claim = covered_twice(practice)
    first = paid(claim, (6_000, 2_000))
    take(first)
    take(taken_back(first), paid(claim, (5_000, 1_000)), trace="SUNCO2")
    before, after = Claim.objects.filter(previous=claim).order_by("created_at")
    assert (before.status, after.status) == ("closed", "ready")
    assert ledger.held(Transfer.objects.filter(claim=after), Account.PAYER_RECEIVABLE) == 1_000
    assert (queries.totals().open_cents, owes(claim)) == (1_000, 0)
    assert broken() == {}


def test_an_answer_of_the_next_payer_holds_the_first_ones_takeback(practice: Practice) -> None:
    claim = covered_twice(practice)
    first = paid(claim, (6_000, 2_000))
    take(first)
    batch(TEST)
    take(by_second(second(claim), 2_000, Adjustment("OA", "23", 17_500)), trace="STC1")
    take(taken_back(first), trace="SUNCO2")
    assert "The next payer has answered" in Unposted.objects.get().why
    assert broken() == {}


def test_where_nothing_is_left_to_the_patient_no_other_payer_is_asked(practice: Practice) -> None:
    claim = covered_twice(practice)
    take(paid(claim, (19_500, 0)))
    assert not Claim.objects.filter(previous=claim).exists()
