"""Each rule of `check` by a transaction that breaks it once: segment, loop, element and rule are named."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from liaison.engines.x12 import X12Error, check, named, read_835, read_segments, write_835, write_837p
from liaison.engines.x12.dictionary import segments
from liaison.engines.x12.envelope import read_transactions
from liaison.engines.x12.guides import DESCRIPTIONS, guide_of
from liaison.engines.x12.loops import read_loops
from liaison.engines.x12.names import value
from liaison.engines.x12.segments import Segment
from liaison.engines.x12.structure import LoopSpec
from tests.x12.samples import batch, envelope, full_claim, remittance
from tests.x12.transactions import ELIGIBILITY, REVIEW, STATUS

pytestmark = pytest.mark.engine

CLAIMS = write_837p(batch(full_claim()))
ADVICE = write_835(remittance(), envelope())

BROKEN: list[tuple[bytes, bytes, bytes, str, str, str]] = [
    (CLAIMS, b"DMG*D8*20190801*M", b"DMG*D8*20190230*M", "date", "2010CA", "DMG02"),
    (CLAIMS, b"DMG*D8*20190801*M", b"DMG**20190801*M", "element-missing", "2010CA", "DMG01"),
    (CLAIMS, b"DTP*431*D8*20260227", b"DTP*431*RD8*20260227", "code", "2300", "DTP02"),
    (CLAIMS, b"DTP*431*D8*20260227", b"DTP*431*D8*", "element-missing", "2300", "DTP03"),
    (CLAIMS, b"*22:B:7*Y*", b"*22:B*Y*", "element-missing", "2300", "CLM05-3"),
    (CLAIMS, b"*22:B:7*Y*", b"*22:C:7*Y*", "code", "2300", "CLM05-2"),
    (CLAIMS, b"*22:B:7*Y*", b"*22:B:7:1*Y*", "component-unexpected", "2300", "CLM05"),
    (CLAIMS, b"SV1*HC:99213:25*150*", b"SV1*HC:99213:25*1x0*", "number", "2400", "SV102"),
    (CLAIMS, b"SV1*HC:99213:25*150*", b"SV1*HC:99213:25*149*", "claim-total", "2300", "CLM02"),
    (CLAIMS, b"HI*ABK:J020*", b"HI*ABK:J020:D8:2:3:4:5:6:7:Y:Z*", "component-unexpected", "2300", "HI01"),
    (CLAIMS, b"REF*F8*PAY555", b"REF*F8*" + b"P" * 51, "element-length", "2300", "REF02"),
    (CLAIMS, b"REF*F8*PAY555", b"REF*F8*PAY555*A*B*C", "element-unexpected", "2300", "REF05"),
    (CLAIMS, b"REF*F8*PAY555~", b"REF*F8*PAY555~REF*F8*PAY556~", "segment-repeat", "2300", "REF"),
    (CLAIMS, b"REF*F8*PAY555~", b"QQQ*1~", "segment-unexpected", "2300", "QQQ"),
    (CLAIMS, b"BHT*0019*00*42*20260302*170509", b"BHT*0019*00*42*20260302*2505", "time", "837", "BHT05"),
    (CLAIMS, b"HL*3*2*23*0", b"HL*3*9*23*0", "hl-parent", "2000C", "HL02"),
    (CLAIMS, b"HL*3*2*23*0", b"HL*2*2*23*0", "hl-number", "2000C", "HL01"),
    (CLAIMS, b"HL*3*2*23*0", b"HL*3*2*19*0", "hl-level", "2010BB", "HL03"),
    (ADVICE, b"CLP*C1001*1*", b"CLP*C1001*9*", "code", "2100", "CLP02"),
    (ADVICE, b"CAS*CO*45*40", b"CAS*CO*45", "element-missing", "2110", "CAS03"),
    (ADVICE, b"LX*1~", b"", "segment-missing", "2000", "LX"),
    (ADVICE, b"*20261231*WO:SUN0*10", b"*20261231*WO:SUN0*10*WO", "elements-together", "835", "PLB05"),
    (ELIGIBILITY, b"EB*B**98***27", b"EB*??**98***27", "code", "2110C", "EB01"),
    (ELIGIBILITY, b"EB*C*IND*30***29*250", b"EB*C*IND*30***29*250***3", "elements-together", "2110C", "EB09"),
    (ELIGIBILITY, b"EB*1**30**", b"EB*1**" + b"^".join([b"30"] * 100) + b"**", "element-repeat", "2110C", "EB03"),
    (STATUS, b"TRN*2*C1001~\n", b"", "segment-missing", "2200D", "TRN"),
    (STATUS, b"SVC*HC:99213*150*0****1", b"SVC*HC:99213*150", "element-missing", "2220D", "SVC03"),
    (REVIEW, b"UM*SC*I*3*11:B~\n", b"", "segment-missing", "2000E", "UM"),
    (REVIEW, b"NM1*IL*1*RIVERA", b"NM1*XX*1*RIVERA", "code", "2010C", "NM101"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "right", "wrong", "rule", "loop", "element"), BROKEN)
def test_a_broken_rule_is_named_with_its_place(
    source: bytes, right: bytes, wrong: bytes, rule: str, loop: str, element: str
) -> None:
    assert check(source) == []
    assert right in source
    problems = check(source.replace(right, wrong, 1))
    assert (rule, loop, element) in [(problem.rule, problem.loop, problem.element) for problem in problems]
    # A segment that repeats or follows a lost one is the next; what is missing is told of its loop, which began before.
    number = source[: source.index(right)].count(b"~") + 1
    places = [problem.segment_number for problem in problems if problem.rule == rule]
    assert places[0] <= number if rule in ("segment-missing", "claim-total") else places[0] in (number, number + 1)


def test_what_stands_below_a_level_without_a_place_is_told_once() -> None:
    problems = check(CLAIMS.replace(b"HL*3*2*23*0", b"HL*3*2*19*0"))
    assert {"hl-level"} == {p.rule for p in problems if p.segment_number > 20}


def test_a_problem_never_repeats_what_the_file_says_of_a_person() -> None:
    data = CLAIMS.replace(b"NM1*QC*1*Rivera*Leo", b"NM1*QC*1*" + b"Rivera" * 11 + b"*Leo").replace(
        b"20190801", b"2019x801"
    )
    assert len(check(data)) == 2
    assert not any("Rivera" in str(problem) or "x801" in str(problem) for problem in check(data))


def test_an_acknowledged_interchange_without_a_group_holds() -> None:
    isa, end = ADVICE[:107], b"IEA*0*000000007~"
    assert check(isa + b"TA1*000000042*260302*1705*A*000~" + end) == []
    wrong = check(isa + b"TA1*000000042*260302*1705*Q*000~" + end)
    assert [(problem.rule, problem.element) for problem in wrong] == [("code", "TA104")]


def test_faults_a_partner_may_send_do_not_stop_a_remittance() -> None:
    data = ADVICE.replace(b"PER*BL*Provider Services*TE*8005550199", b"PER*BL*Provider Services*TE")
    assert [problem.rule for problem in check(data)] == ["elements-together"]
    assert read_835(data)[0].payment_cents == remittance().payment_cents
    with pytest.raises(X12Error):
        read_835(ADVICE.replace(b"CAS*CO*", b"CAS*XX*", 1))


def test_elements_come_by_name_and_in_their_types() -> None:
    found = {segment.id: named(segment) for segment in read_segments(ADVICE)}
    assert found["BPR"] == {
        "handling": "I", "amount": Decimal(70), "credit_or_debit": "C", "method": "ACH", "date": date(2026, 3, 2),
    }  # fmt: skip
    assert found["SVC"]["procedure"] == {"qualifier": "HC", "code": "87880"}
    assert found["SE"]["segments"] == ADVICE.count(b"~") - 4
    benefit = next(segment for segment in read_segments(ELIGIBILITY) if segment.id == "EB")
    assert value(benefit, "service_types") == ["30"]
    assert value(benefit, "amount") is None
    assert named(Segment(["ZZZ", "", "a"])) == {"02": "a"}
    with pytest.raises(KeyError):
        value(benefit, "nothing")


def test_loops_come_by_name() -> None:
    (transaction,) = [(t, list(t.segments)) for t in read_transactions(REVIEW)]
    spec = guide_of(transaction[0].version, transaction[0].set_id)
    assert spec is not None
    loop = read_loops(spec, transaction[1], lambda problem: pytest.fail(str(problem)))
    for name in ("reviewer_level", "requester_level", "subscriber_level", "patient_event", "service"):
        found = loop.child(name)
        assert found is not None, name
        loop = found
    assert loop.id == "2000F"
    assert loop.first("HCR").get(2) == "AUTH0002"


@pytest.mark.parametrize(("guide", "set_id"), DESCRIPTIONS)
def test_a_description_names_what_the_dictionary_has_and_no_loop_twice(guide: str, set_id: str) -> None:
    spec = guide_of(f"005010{guide}", set_id)
    assert spec is not None
    names: dict[str, str] = {}
    queue: list[LoopSpec] = [spec]
    seen: set[int] = set()
    while queue:
        loop = queue.pop()
        if id(loop) in seen:
            continue
        seen.add(id(loop))
        assert loop.name.replace("_", "").isalnum()
        assert names.setdefault(loop.name, loop.id) == loop.id
        for entry in loop.entries:
            if entry.loop is not None:
                queue.append(entry.loop)
                continue
            known = segments()[entry.id].elements
            assert all(0 < condition.element <= len(known) for condition in entry.conditions)
            assert all(condition.component <= len(known[condition.element - 1].parts) for condition in entry.conditions)


def test_what_was_right_in_one_file_is_not_taken_for_right_by_other_separators() -> None:
    claims = write_837p(batch(full_claim()))
    assert check(claims) == []
    # The ISA names another component separator than the composites have
    otherwise = claims[:104] + b">" + claims[105:]
    told = {problem.element for problem in check(otherwise)}
    assert {"CLM05-1", "CLM05-2", "CLM11-1", "HI02-2", "SV101-2", "SV107-1"} <= told
