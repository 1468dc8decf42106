"""What the payer pays and why: every rule once, each answer to the cent, every remittance in balance."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liaison.engines.x12 import (
    Claim,
    ClaimBatch,
    Party,
    RemitClaim,
    ServiceLine,
    Subscriber,
    balance_problems,
    read_277ca,
    read_835,
    write_835,
    write_837p,
)
from sandbox_payer.adjudicate import adjudicate
from sandbox_payer.exchange import answer
from sandbox_payer.history import MemoryHistory
from sandbox_payer.rules import Rules, load_rules
from tests.x12.oracle import complaints
from tests.x12.samples import CHILD, HOLDER, TODAY, batch, claim, envelope, full_claim

pytestmark = pytest.mark.engine

MEDICARE: dict[str, Any] = {
    "payer": Party("Medicare Part B", "MEDIB"),
    "subscriber": Subscriber("MED123456789", HOLDER),
}
MEDICAID: dict[str, Any] = {"payer": Party("State Medicaid", "STCAI"), "subscriber": Subscriber("STC123456789", HOLDER)}


@pytest.fixture
def rules() -> Rules:
    """The packaged rules without claims denied by lot."""
    packaged = load_rules()
    return replace(
        packaged, payers={id: replace(payer, information_percent=0) for id, payer in packaged.payers.items()}
    )


def visit(control: str = "C1", cents: int = 15_000, **changes: Any) -> Claim:
    """A claim for one office visit."""
    line = ServiceLine("99213", cents, TODAY)
    return claim(**{"control_number": control, "lines": (line,), "total_cents": cents, **changes})


def judged(rules: Rules, *claims: Claim, history: MemoryHistory | None = None) -> list[RemitClaim]:
    """The adjudicated claims; the remittances they stand in balance and are valid 835s."""
    _, _, remittances = adjudicate(batch(*claims), rules, history or MemoryHistory(), TODAY)
    for remittance in remittances:
        assert balance_problems(remittance) == []
        assert complaints(write_835(remittance, envelope())) == []
    return [each for remittance in remittances for each in remittance.claims]


def reasons(remit: RemitClaim) -> list[tuple[str, int]]:
    return [(f"{change.group}-{change.carc}", change.cents) for change in remit.all_adjustments()]


def test_an_office_visit_costs_the_copayment(rules: Rules) -> None:
    (remit,) = judged(rules, visit())
    assert reasons(remit) == [("CO-45", 3_500), ("PR-3", 2_500)]
    assert (remit.status_code, remit.paid_cents, remit.patient_responsibility_cents) == ("1", 9_000, 2_500)


def test_a_test_counts_against_the_deductible_and_then_costs_a_share(rules: Rules) -> None:
    history = MemoryHistory()
    line = ServiceLine("87880", 200_000, TODAY)
    first = visit("C1", lines=(line,), total_cents=200_000)
    second = visit("C2", lines=(replace(line, date=TODAY - timedelta(1)),), total_cents=200_000)
    one, two = judged(rules, first, second, history=history)
    assert reasons(one) == [("CO-45", 56_000), ("PR-1", 144_000)]
    assert reasons(two) == [("CO-45", 56_000), ("PR-1", 6_000), ("PR-2", 27_600)]
    assert two.paid_cents == 110_400


def test_medicare_has_a_deductible_and_twenty_percent(rules: Rules) -> None:
    history = MemoryHistory()
    history.add_deductible("MEDIB", "MED123456789", TODAY.year, 25_700)
    (remit,) = judged(rules, visit(**MEDICARE), history=history)
    assert reasons(remit) == [("CO-45", 6_000), ("PR-2", 1_800)]
    assert remit.filing_indicator == "MB"


def test_medicaid_takes_a_small_copayment_from_adults_alone(rules: Rules) -> None:
    adult = visit("C1", **MEDICAID)
    child = visit("C2", patient=CHILD, relationship="19", **MEDICAID)
    one, two = judged(rules, adult, child)
    assert reasons(one) == [("CO-45", 9_400), ("PR-3", 300)]
    assert reasons(two) == [("CO-45", 9_400)]


def test_prevention_is_free_for_the_member(rules: Rules) -> None:
    (remit,) = judged(rules, visit(lines=(ServiceLine("99391", 20_000, TODAY),), total_cents=20_000))
    assert reasons(remit) == [("CO-45", 5_600)]


def test_a_service_that_is_not_covered_is_denied_alone(rules: Rules) -> None:
    lines = (ServiceLine("99213", 15_000, TODAY), ServiceLine("99080", 2_000, TODAY))
    (remit,) = judged(rules, visit(lines=lines, total_cents=17_000))
    assert remit.status_code == "1"
    assert reasons(remit) == [("CO-45", 3_500), ("PR-3", 2_500), ("CO-96", 2_000)]
    assert remit.lines[1].remark_codes == ("N130",)


def test_the_same_services_are_paid_once(rules: Rules) -> None:
    history = MemoryHistory()
    one, again = judged(rules, visit("C1"), visit("C2"), history=history)
    assert one.status_code == "1"
    assert (again.status_code, reasons(again)) == ("4", [("CO-18", 15_000)])


def test_a_claim_that_comes_too_late_is_denied(rules: Rules) -> None:
    last_day, too_late = TODAY - timedelta(180), TODAY - timedelta(181)
    line = ServiceLine("99213", 15_000, last_day)
    in_time, late = judged(rules, visit("C1", lines=(line,)), visit("C2", lines=(replace(line, date=too_late),)))
    assert in_time.status_code == "1"
    assert reasons(late) == [("CO-29", 15_000)]


def test_a_secondary_claim_waits_for_the_primary(rules: Rules) -> None:
    (remit,) = judged(rules, visit(subscriber=Subscriber("SUN000000123", HOLDER, sequence="S")))
    assert reasons(remit) == [("CO-22", 15_000)]


def test_a_small_share_is_asked_for_information_and_paid_when_sent_again() -> None:
    rules, history = load_rules(seed=3), MemoryHistory()
    claims = [visit(f"C{n}", subscriber=Subscriber(f"SUN{n:09d}", HOLDER)) for n in range(1, 401)]
    first = judged(rules, *claims, history=history)
    asked = [remit.control_number for remit in first if ("CO-16", 15_000) in reasons(remit)]
    assert 1 <= len(asked) <= 40
    assert asked == [r.control_number for r in judged(rules, *claims) if ("CO-16", 15_000) in reasons(r)]
    again = judged(rules, *(each for each in claims if each.control_number in asked), history=history)
    assert {remit.status_code for remit in again} == {"1"}


@pytest.mark.parametrize(
    ("changes", "category", "code"),
    [
        ({"subscriber": Subscriber("NOBODY", HOLDER)}, "A3", "33"),
        ({"payer": Party("Elsewhere", "OTHER")}, "A3", "116"),
        ({"diagnoses": ("nonsense",)}, "A7", "254"),
        ({"diagnoses": ("J02.0", "12")}, "A7", "255"),
        ({"total_cents": 1}, "A7", "178"),
        ({"lines": ()}, "A7", "178"),
    ],
)
def test_what_cannot_be_processed_is_rejected_before_it_is_judged(
    rules: Rules, changes: dict[str, Any], category: str, code: str
) -> None:
    claims = (visit("C1"), visit("C2", **changes))
    _, answers, remittances = adjudicate(batch(*claims), rules, MemoryHistory(), TODAY)
    assert [each.control_number for each in answers.accepted] == ["C1"]
    (rejected,) = answers.rejected
    assert (rejected.statuses[0].category, rejected.statuses[0].code) == (category, code)
    assert [remit.control_number for remittance in remittances for remit in remittance.claims] == ["C1"]


def test_each_payer_pays_its_own_claims(rules: Rules) -> None:
    claims = (visit("C1"), visit("C2", **MEDICARE), visit("C3", **MEDICAID))
    _, answers, remittances = adjudicate(batch(*claims), rules, MemoryHistory(), TODAY)
    assert len(answers.accepted) == 3
    assert [remittance.payer_code for remittance in remittances] == ["MEDIB", "STCAI", "SUNCO"]
    assert len({remittance.trace_number for remittance in remittances}) == 3


def test_answer_files_are_valid_and_name_the_claims(rules: Rules) -> None:
    sent = batch(visit("C1"), full_claim(), visit("C3", subscriber=Subscriber("NOBODY", HOLDER)))
    files = answer(_bytes(sent), rules, MemoryHistory(), TODAY)
    assert [file.kind for file in files] == ["999", "277CA", "835"]
    for file in files:
        assert complaints(file.content) == [], file.kind
        assert file.control == "000000042"
    (claims,) = read_277ca(files[1].content)
    assert [each.control_number for each in claims.claims] == ["C1", "C1002", "C3"]
    (paid,) = read_835(files[2].content)
    assert [each.control_number for each in paid.claims] == ["C1"]


def _bytes(sent: ClaimBatch) -> bytes:
    return write_837p(sent)


def test_a_file_with_a_fault_is_rejected_whole_with_its_place(rules: Rules) -> None:
    history = MemoryHistory()
    data = _bytes(batch(visit())).replace(b"SBR*P*18", b"SBR*Q*18")
    (file,) = answer(data, rules, history, TODAY)
    assert file.kind == "999"
    assert complaints(file.content) == []
    assert b"IK3*SBR*" in file.content
    assert b"IK4*1**7" in file.content
    assert history.claims == {}


def test_the_same_batch_gives_the_same_answers() -> None:
    data = _bytes(batch(visit("C1"), visit("C2", **MEDICARE)))
    assert answer(data, load_rules(7), MemoryHistory()) == answer(data, load_rules(7), MemoryHistory())


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(
            st.tuples(
                st.sampled_from(["99213", "99215", "87880", "90471", "99080", "J1100"]),
                st.integers(0, 500_000),
                st.integers(1, 9),
                st.integers(0, 400),
            ),
            min_size=1,
            max_size=6,
        ),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from(["SUNCO", "MEDIB", "STCAI"]),
)
def test_every_remittance_balances(content: list[list[tuple[str, int, int, int]]], payer: str) -> None:
    claims = []
    for number, lines in enumerate(content):
        served = tuple(
            ServiceLine(code, cents, date(2026, 3, 2) - timedelta(days), units=Decimal(units))
            for code, cents, units, days in lines
        )
        total = sum(line.charge_cents for line in served)
        member = Subscriber({"SUNCO": "SUN", "MEDIB": "MED", "STCAI": "STC"}[payer] + "000000001", HOLDER)
        claims.append(claim(f"C{number}", lines=served, total_cents=total, payer=Party("P", payer), subscriber=member))
    _, answers, remittances = adjudicate(batch(*claims), load_rules(1), MemoryHistory(), TODAY)
    assert len(answers.accepted) == len(claims)
    for remittance in remittances:
        assert balance_problems(remittance) == []
        assert all(line.paid_cents >= 0 for each in remittance.claims for line in each.lines)
        for each in remittance.claims:
            owed = sum(change.cents for change in each.all_adjustments() if change.group == "PR")
            assert owed == each.patient_responsibility_cents
        assert read_835(write_835(remittance, envelope())) == [remittance]
