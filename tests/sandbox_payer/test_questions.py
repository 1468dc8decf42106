"""What the payer says of coverage, claims and authorizations; and what it makes of corrected and second claims."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from liaison.engines.population import generate
from liaison.engines.x12 import (
    EligibilityAnswer,
    EligibilityInquiry,
    Party,
    Person,
    Provider,
    RemitClaim,
    ReviewAnswer,
    ReviewedService,
    ReviewRequest,
    ServiceLine,
    StatusInquiry,
    Subscriber,
    balance,
    check,
    read_271,
    read_277,
    read_277ca,
    read_278_answer,
    read_835,
    read_999,
    read_ta1,
    write_270,
    write_276,
    write_278,
    write_837p,
)
from sandbox_payer.exchange import answer, answer_at_once
from sandbox_payer.history import MemoryHistory
from sandbox_payer.mischief import IN_FILES
from sandbox_payer.rules import load_rules
from tests.x12.samples import CHILD, CLINIC, HOLDER, PAYER, SUBMITTER, TEST, TODAY, VISIT, batch, claim, envelope
from tests.x12.samples import secondary_claim as second

pytestmark = pytest.mark.engine

RULES = load_rules()
RULES = replace(RULES, payers={id: replace(each, information_percent=0) for id, each in RULES.payers.items()})
ASKER = Provider(CLINIC.name, npi=CLINIC.npi)
ANA = Subscriber("SUN100000001", HOLDER)
TO_PAYER = replace(envelope(), sender_id="MAPLE01", receiver_id="SUNCO")


def asked(subscriber: Subscriber = ANA, *, history: MemoryHistory | None = None, **changes: Any) -> EligibilityAnswer:
    facts: dict[str, Any] = {
        "payer": PAYER,
        "provider": ASKER,
        "subscriber": subscriber,
        "service_date": TODAY,
        **changes,
    }
    file = answer_at_once(
        write_270(EligibilityInquiry("T1", **facts), TO_PAYER), RULES, history or MemoryHistory(), TODAY
    )
    assert file.kind == "271"
    assert check(file.content) == []
    (told,) = read_271(file.content)
    return told


def test_a_member_is_active_with_copayment_deductible_and_visits() -> None:
    history = MemoryHistory()
    history.add_deductible("SUNCO", "SUN100000001", 2026, 42_000)
    told = asked(service_types=("30", "PT"), history=history)
    assert told.trace == "T1"
    assert told.is_active
    assert told.rows("B", "98", in_network=True)[0].cents == 2_500
    left = [row.cents for row in told.rows("C", "30") if row.is_remaining]
    assert left == [150_000 - 42_000]
    (whole, visits) = told.rows("F", "PT")
    assert (whole.quantity, visits.quantity) == (Decimal(20), Decimal(20))
    assert visits.is_remaining
    assert visits.authorization_required
    assert told.rows("A", "PT")[0].percent == 20


def test_a_child_a_primary_care_provider_and_another_payer_are_told() -> None:
    child = asked(patient=CHILD, relationship="19")
    assert child.dependent is not None
    assert child.dependent.person.first_name == "Leo"
    assert child.is_active
    mika = Subscriber("SUN100000003", Person("Ito", "Mika", birth_date=date(1958, 11, 30), sex="F"))
    told = asked(mika)
    assert [payer.id for payer in told.other_payers] == ["MEDIB"]
    assert told.rows("L")[0].entities[0].name == "Okafor"


def test_a_member_whose_plan_has_ended_is_inactive() -> None:
    otis = Subscriber("SUN100000002", Person("Bell", "Otis", birth_date=date(1971, 2, 3), sex="M"))
    assert asked(otis).is_active is False
    assert asked(otis, service_date=date(2025, 6, 1)).is_active
    assert asked(Subscriber("SUN000009906", HOLDER)).is_active is False


def test_the_cards_of_the_sample_clinic_say_what_the_payer_says_but_for_some() -> None:
    told: Counter[str] = Counter()
    for bundle in generate(7, 300, TODAY):
        rows = [entry["resource"] for entry in bundle["entry"]]
        born = date.fromisoformat(next(row["birthDate"] for row in rows if row["resourceType"] == "Patient"))
        for row in (row for row in rows if row["resourceType"] == "Coverage" and row["relationship"]["text"] == "Self"):
            payer = Party(row["payor"][0]["display"], row["payor"][0]["identifier"]["value"])
            found = asked(Subscriber(row["subscriberId"], Person("Doe", "Jo", birth_date=born, sex="F")), payer=payer)
            if found.rejections or not found.is_active:
                told["refused" if found.rejections else "ended"] += 1
                continue
            plan = next(each["name"] for each in row["class"] if each["type"]["coding"][0]["code"] == "plan")
            copay = row["costToBeneficiary"][0]["valueMoney"]["value"]
            same = found.rows("1")[0].plan == plan
            told["same" if same else "moved"] += 1
            asked_for = sum(one.cents or 0 for one in found.rows("B", "98", in_network=True))
            assert asked_for == copay * 100 or not same
    assert told["same"] > 0.85 * told.total()
    assert min(told["moved"], told["ended"], told["refused"]) > 0


@pytest.mark.parametrize(
    ("changes", "code", "where"),
    [
        ({"payer": Party("Nobody", "NOBODY")}, "79", "request"),
        ({"provider": replace(ASKER, npi="1234567890")}, "43", "provider"),
        ({"subscriber": Subscriber("X1", HOLDER)}, "72", "subscriber"),
        ({"subscriber": Subscriber("SUN000009942", HOLDER)}, "42", "payer"),
        ({"subscriber": Subscriber("SUN000009975", HOLDER)}, "75", "subscriber"),
        ({"subscriber": replace(ANA, person=replace(HOLDER, last_name="Other"))}, "73", "subscriber"),
        ({"subscriber": replace(ANA, person=replace(HOLDER, birth_date=date(1980, 1, 1)))}, "71", "subscriber"),
        ({"patient": replace(CHILD, first_name="Zoe"), "relationship": "19"}, "67", "dependent"),
        ({"service_date": date(2020, 1, 1)}, "62", "subscriber"),
    ],
)
def test_who_is_not_known_is_told_why(changes: dict[str, Any], code: str, where: str) -> None:
    told = asked(**changes)
    assert [(each.code, each.where) for each in told.rejections] == [(code, where)]
    assert told.is_active is None
    assert told.reference == "T1"


def paid(*claims: Any, history: MemoryHistory, control: int = 42) -> list[RemitClaim]:
    files = answer(write_837p(batch(*claims, control_number=control)), RULES, history, TODAY)
    advice = [each for file in files if file.kind == "835" for each in read_835(file.content)]
    for each in advice:
        assert balance(each) == []
    return [one for each in advice for one in each.claims]


def status(history: MemoryHistory, **changes: Any) -> Any:
    receiver = Party(SUBMITTER.name, SUBMITTER.id)
    facts: dict[str, Any] = {"payer": PAYER, "receiver": receiver, "provider": ASKER, "subscriber": OWNER, **changes}
    file = answer_at_once(write_276(StatusInquiry("T2", **facts), TO_PAYER), RULES, history, TODAY)
    assert check(file.content) == []
    (told,) = read_277(file.content)
    return told


OWNER = Subscriber("SUN000000123", HOLDER, group_number="G77")


def test_what_became_of_a_claim_is_told() -> None:
    history = MemoryHistory()
    (remit,) = paid(claim(), history=history)
    told = status(history, control_number="C1001", charge_cents=17_550)
    assert (told.category, told.payer_claim_number) == ("F1", remit.payer_claim_number)
    assert told.latest.paid_cents == remit.paid_cents
    assert told.latest.check_number
    assert status(history, control_number="C9999").category == "A4"
    assert status(history, payer=Party("Nobody", "NOBODY")).is_refused


def test_a_corrected_claim_takes_the_first_back_and_a_void_leaves_nothing() -> None:
    history = MemoryHistory()
    (first,) = paid(claim(), history=history)
    met = history.deductible_met("SUNCO", "SUN000000123", 2026)
    number = first.payer_claim_number
    less = claim(frequency="7", original_claim_number=number, lines=(VISIT,), total_cents=15_000)
    taken, corrected = paid(less, history=history, control=43)
    assert taken.is_reversal
    assert (taken.charge_cents, taken.paid_cents) == (-17_550, -first.paid_cents)
    assert corrected.charge_cents == 15_000
    (void,) = paid(
        replace(less, frequency="8", original_claim_number=corrected.payer_claim_number), history=history, control=44
    )
    assert void.paid_cents == -corrected.paid_cents
    assert met >= 0
    assert history.deductible_met("SUNCO", "SUN000000123", 2026) == 0
    # What was paid too much is held back from the next payment.
    files = answer(
        write_837p(batch(claim("C2", lines=(VISIT,), total_cents=15_000), control_number=45)), RULES, history, TODAY
    )
    (advice,) = read_835(files[-1].content)
    assert [each.reason for each in advice.provider_adjustments] == ["WO"]


def test_a_correction_of_a_claim_that_is_not_known_is_refused() -> None:
    files = answer(write_837p(batch(claim(frequency="7", original_claim_number="SUN9"))), RULES, MemoryHistory(), TODAY)
    assert [file.kind for file in files] == ["999", "277CA"]
    (told,) = read_277ca(files[1].content)
    assert [each.statuses[0].code for each in told.rejected] == ["464"]


def test_the_second_payer_pays_no_more_than_the_first_has_left() -> None:
    (remit,) = paid(second(), history=MemoryHistory())
    assert remit.status_code == "2"
    left = 3_000
    assert remit.paid_cents + remit.patient_responsibility_cents == left
    assert ("OA", "23") in {(each.group, each.carc) for each in remit.all_adjustments()}


def test_a_plan_that_comes_second_says_so() -> None:
    mika = Subscriber("SUN100000003", replace(HOLDER, last_name="Ito", first_name="Mika"))
    (remit,) = paid(claim(subscriber=mika), history=MemoryHistory())
    assert {each.carc for each in remit.all_adjustments()} == {"22"}


def review(history: MemoryHistory, **changes: Any) -> ReviewAnswer:
    facts: dict[str, Any] = {
        "payer": PAYER, "requester": ASKER, "subscriber": OWNER, "diagnoses": ("M54.50",), "service_type": "PT",
        "begin": TODAY, "quantity": 6, "services": (ReviewedService("97110"),), **changes,
    }  # fmt: skip
    file = answer_at_once(write_278(ReviewRequest("T3", **facts), TO_PAYER), RULES, history, TODAY)
    assert check(file.content) == []
    (told,) = read_278_answer(file.content)
    assert told.reference == "T3"
    return told


def test_an_authorization_is_given_and_used_up() -> None:
    history = MemoryHistory()
    therapy = ServiceLine("97110", 9_000, TODAY, control="L1")
    (refused,) = paid(claim("C1", lines=(therapy,), total_cents=9_000), history=history)
    assert {each.carc for each in refused.all_adjustments()} == {"197"}
    told = review(history, quantity=1)
    assert told.decision is not None
    assert told.decision.is_certified
    number = told.decision.number
    again = claim("C2", lines=(therapy,), total_cents=9_000, prior_authorization=number)
    (remit,) = paid(again, history=history, control=43)
    assert not remit.is_denied
    later = replace(again, control_number="C3", lines=(replace(therapy, date=date(2026, 3, 1)),))
    (too_much,) = paid(later, history=history, control=44)
    assert "198" in {each.carc for each in too_much.all_adjustments()}
    assert asked(OWNER, history=history, service_types=("PT",)).rows("F", "PT")[1].quantity == 19


def test_a_request_is_cut_pended_refused_or_not_needed() -> None:
    history = MemoryHistory()
    told = review(history, quantity=25)
    assert told.decision is not None
    assert (told.decision.action, told.decision.quantity) == ("A6", 20)
    scan: dict[str, Any] = {"service_type": "62", "services": (ReviewedService("72148"),), "quantity": 1}
    pended = review(history, **scan)
    assert pended.decision is not None
    assert pended.decision.is_pended
    assert pended.payer_reference
    decided = review(history, **scan)
    assert decided.decision is not None
    assert decided.decision.is_certified
    assert [each.action for each in review(history, services=(ReviewedService("99080"),)).decisions] == ["A3"]
    assert [each.action for each in review(history, service_type="98", services=()).decisions] == ["NA"]
    cancelled = review(history, certification="3", previous_number=decided.decision.number)
    assert [each.action for each in cancelled.decisions] == ["C"]
    assert [each.code for each in review(history, subscriber=Subscriber("X1", HOLDER)).rejections] == ["72"]


def test_a_broken_interchange_gets_a_ta1_and_a_batch_of_questions_an_acknowledgment() -> None:
    data = write_837p(batch(claim()))
    (file,) = answer(data[: len(data) // 2], RULES, MemoryHistory(), TODAY)
    assert file.kind == "TA1"
    (told,) = read_ta1(file.content)
    assert (told.control, told.is_accepted, told.note) == ("000000042", False, "023")
    questions = [EligibilityInquiry(f"T{n}", PAYER, ASKER, ANA) for n in range(3)]
    files = answer(write_270(questions, TO_PAYER), RULES, MemoryHistory(), TODAY)
    assert [each.kind for each in files] == ["999", "271"]
    assert read_999(files[0].content)[0].is_accepted
    assert [each.trace for each in read_271(files[1].content)] == ["T0", "T1", "T2"]


@pytest.mark.parametrize("mood", IN_FILES)
def test_mischief_spoils_remittances_in_its_own_way(mood: str) -> None:
    data = write_837p(batch(claim("C1"), claim("C2", lines=(TEST,), total_cents=2_550)))
    good = answer(data, RULES, MemoryHistory(), TODAY)
    bad = answer(data, RULES, MemoryHistory(), TODAY, mood)
    kinds = [file.kind for file in bad]
    right = next(file for file in good if file.kind == "835")
    assert right.content in [file.content for file in bad]
    if mood == "order":
        assert kinds == ["835", "277CA", "999"]
        return
    assert kinds == ["999", "277CA", "835", "835"]
    wrong = next((file.content for file in bad[2:] if file.content != right.content), right.content)
    rules = {problem.rule for problem in check(wrong)}
    expected = {"unbalanced": {"payment-balance"}, "half": {"unterminated"}, "garbage": {"not-x12"}}
    assert expected.get(mood, set()) <= rules
    if mood == "stranger":
        assert read_835(wrong)[0].claims[0].control_number == "SOMEBODYELSE"
    if mood == "again":
        assert read_835(wrong) == read_835(right.content)


def test_an_answer_with_a_wrong_trace_is_somebody_elses() -> None:
    data = write_270(EligibilityInquiry("T1", PAYER, ASKER, ANA), TO_PAYER)
    (told,) = read_271(answer_at_once(data, RULES, MemoryHistory(), TODAY, "trace").content)
    assert told.trace != "T1"
    assert told.reference != "T1"
