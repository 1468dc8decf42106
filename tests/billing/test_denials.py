"""Denials: a row for each refused line, with what to do and by when; over when paid, billed or given up."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from uuid import UUID

import pytest

from liaison.billing.actions import batch, bill_patient, mend_claim, process, take_in, write_off
from liaison.billing.actions.denials import note_appealed
from liaison.billing.codes import WORDS
from liaison.billing.jobs.denials import look_for_unanswered_appeals
from liaison.billing.models import Claim, Denial
from liaison.billing.queries.denials import denials, rates_by_payer, rates_by_reason
from liaison.billing.rules import packaged
from liaison.documents.actions import publish
from liaison.engines.x12 import Adjustment, RemitClaim
from liaison.kernel import clock
from liaison.kernel.errors import Conflict, Invalid
from liaison.record import outbox
from liaison.record.actor import Actor
from liaison.worklist.models import Task
from tests.billing.clinic import TEST, Practice
from tests.billing.remits import DAY, denied, paid, remittance


def sent(practice: Practice, **visit: object) -> Claim:
    claim = practice.claim(**visit)  # type: ignore[arg-type]  # of Practice.claim
    batch(TEST)
    return Claim.objects.get(pk=claim.pk)


def take(*answers: RemitClaim, trace: str = "SUNCO1") -> None:
    process(TEST, take_in(TEST, "835", "check.835", remittance(*answers, trace=trace)).pk)


def open_tasks(claim: Claim) -> list[str]:
    rows = Task.objects.filter(link=f"/claims/{claim.pk}/", status="requested")
    return list(rows.order_by("created_at").values_list("kind", flat=True))


def work(on: date = DAY) -> list[tuple[str, int, int]]:
    return [(one.row.carc, one.row.cents, one.days_left) for one in denials(TEST, on)]


def test_what_is_denied_says_what_to_do_and_by_when(practice: Practice) -> None:
    claim = sent(practice)
    take(replace(denied(claim, "29"), remark_codes=("N29",)))
    one = denials(TEST, DAY)[0]
    assert (one.row.kind, one.row.cents, one.days_left) == ("timely", 19_500, 90)
    assert one.words == "CO-29 (the claim came too late)"
    assert one.remarks == ["N29 (documents are missing)"]
    assert one.do.startswith("If it was sent in time, appeal")


def test_one_line_of_two_denied_is_one_row_of_that_line(practice: Practice) -> None:
    claim = sent(practice, orders=["strep"])
    answer = paid(claim, (6_000, 2_000), (600, 0))
    line = replace(answer.lines[1], paid_cents=0, adjustments=(Adjustment("CO", "97", 2_600),), remark_codes=("M15",))
    take(replace(answer, lines=(answer.lines[0], line), paid_cents=11_500))
    row = Denial.objects.get()
    assert (row.line, row.code, row.carc, row.kind, row.cents, row.rarcs) == (
        2,
        "87880",
        "97",
        "bundled",
        2_600,
        ["M15"],
    )


def test_a_share_for_lost_coverage_is_looked_at_before_the_patient_is_asked(practice: Practice) -> None:
    claim = sent(practice)
    answer = paid(claim, (0, 0))
    line = replace(answer.lines[0], paid_cents=0, adjustments=(Adjustment("PR", "27", 19_500),))
    take(replace(answer, lines=(line,), paid_cents=0, patient_responsibility_cents=19_500))
    claim.refresh_from_db()
    assert (claim.status, Denial.objects.get().kind) == ("denied", "coverage")


def test_the_nearest_deadline_or_the_most_money_comes_first(practice: Practice) -> None:
    small, large = sent(practice), sent(practice, orders=["strep"])
    take(denied(small, "252"), denied(large, "50"))
    assert work() == [("252", 19_500, 45), ("50", 19_500, 90), ("50", 2_600, 90)]
    by_money = [one.row.carc for one in denials(TEST, DAY, order="money")]
    assert by_money == ["252", "50", "50"]
    assert [one.row.carc for one in denials(TEST, DAY, kind="records")] == ["252"]
    assert work(DAY + timedelta(days=50))[0][2] == -5


def test_a_denial_waits_while_the_claim_is_out_and_is_over_when_it_is_paid(practice: Practice) -> None:
    claim = sent(practice)
    take(denied(claim))
    mend_claim(TEST, claim.pk)
    outbox.deliver()
    assert (work(), len(denials(TEST, DAY, show="waiting"))) == ([], 1)
    batch(TEST)
    take(paid(claim, (6_000, 2_000)), trace="SUNCO2")
    assert Denial.objects.get().outcome == "paid"


def test_denied_once_more_is_a_new_denial_and_the_old_one_is_over(practice: Practice) -> None:
    claim = sent(practice)
    take(denied(claim))
    note_appealed(TEST, claim.pk)
    take(denied(claim, "193"), trace="SUNCO2")
    assert sorted(Denial.objects.values_list("carc", "outcome")) == [("16", "denied-again"), ("193", "")]


@pytest.mark.parametrize(
    ("act", "outcome"), [(write_off, "written-off"), (partial(bill_patient, agreed=True), "billed")]
)
def test_what_is_given_up_or_billed_is_over(
    practice: Practice, act: Callable[[Actor, UUID, str], Claim], outcome: str
) -> None:
    claim = sent(practice)
    take(denied(claim))
    outbox.deliver()
    assert open_tasks(claim) == ["claim-denied"]
    act(TEST, claim.pk, "The payer will not move")
    assert (Denial.objects.get().outcome, work()) == (outcome, [])
    outbox.deliver()
    assert open_tasks(claim) == []
    with pytest.raises(Conflict):
        note_appealed(TEST, claim.pk)


def test_what_is_refused_by_contract_is_the_patients_only_when_they_agreed_to_it(practice: Practice) -> None:
    claim = sent(practice)
    take(denied(claim))
    with pytest.raises(Invalid, match="the practice bears this"):
        bill_patient(TEST, claim.pk, "Not covered")
    assert Claim.objects.get().status == "denied"
    assert bill_patient(TEST, claim.pk, "ABN of the day of the visit", agreed=True).status == "closed"


def test_what_another_payer_should_bear_needs_no_agreement(practice: Practice) -> None:
    claim = sent(practice)
    take(denied(claim, "22", "OA"))
    assert bill_patient(TEST, claim.pk, "No other coverage is known").status == "closed"


def test_an_appeal_that_is_not_answered_comes_back_once(practice: Practice) -> None:
    claim = sent(practice)
    take(denied(claim))
    note_appealed(TEST, claim.pk)
    outbox.deliver()
    assert open_tasks(claim) == []
    with clock.at(clock.now() + timedelta(days=44)):
        assert look_for_unanswered_appeals.func() == 0
    with clock.at(clock.now() + timedelta(days=47)):
        assert look_for_unanswered_appeals.func() == 1
        outbox.deliver()
        assert open_tasks(claim) == ["appeal-unanswered"]
        assert look_for_unanswered_appeals.func() == 1
        outbox.deliver()
        assert open_tasks(claim) == ["appeal-unanswered"]


def test_rates_by_payer_and_reason(practice: Practice) -> None:
    good, bad = sent(practice), sent(practice)
    take(paid(good, (6_000, 2_000)), denied(bad, "50"))
    payer = rates_by_payer(TEST, DAY)[0]
    assert (payer.name, payer.denials, payer.percent) == ("Sunrise Health Plan", 1, 50.0)
    reason = rates_by_reason(TEST, DAY)[0]
    assert (reason.name, reason.cents) == ("CO-50 (not seen as medically necessary)", 19_500)
    assert rates_by_payer(TEST, DAY + timedelta(days=1)) == []


def test_the_practice_has_its_own_days_and_the_payers_own_words(practice: Practice) -> None:
    body = packaged("remittance-rules")["body"]
    publish(
        TEST, kind="remittance-rules", key="default", title="Ours", body={**body, "payers": {"SUNCO": {"days": 30}}}
    )
    publish(
        TEST, kind="remittance-rules", key=WORDS, title="Payers’ words", body={"carc": {"50": "as the list has it"}}
    )
    take(denied(sent(practice), "50"))
    one = denials(TEST, DAY)[0]
    assert (one.days_left, one.words) == (30, "CO-50 (as the list has it)")
