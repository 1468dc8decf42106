"""VXU, QBP, RSP and ACK: what is written is what is read, by us and by an independent parser."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hl7apy.consts import VALIDATION_LEVEL
from hl7apy.parser import parse_message

from liaison.engines.hl7v2 import (
    Acknowledgment,
    Coded,
    Evaluation,
    Hl7Error,
    KnownDose,
    Problem,
    Recommendation,
    Reply,
    check,
    read_ack,
    read_message,
    read_qbp,
    read_rsp,
    read_vxu,
    write_ack,
    write_qbp,
    write_rsp,
    write_vxu,
)
from tests.hl7v2.samples import CHILD, GIVEN, HEADER, OLD, QUERY, REFUSED, UPDATE

pytestmark = pytest.mark.engine


def judged(data: bytes) -> Any:
    """The message as hl7apy reads and validates it, strictly, by the structure and tables of 2.5.1."""
    message = parse_message(data.decode(), validation_level=VALIDATION_LEVEL.STRICT, find_groups=True)
    message.validate()
    return message


def test_an_update_says_what_was_put_in() -> None:
    back = read_vxu(read_message(write_vxu(UPDATE)))
    given, old, refused = back.doses
    assert back.patient == CHILD
    assert back.header == replace(HEADER)
    assert back.relatives == UPDATE.relatives
    assert (given.cvx, given.ndc, given.lot, given.quantity, given.unit) == (
        "20", "49281-0286-10", "C4321AA", GIVEN.quantity, "mL",
    )  # fmt: skip
    assert (given.route, given.site, given.eligibility, given.funding) == ("IM", "LT", "V02", "VXC51")
    assert (given.vis, given.reactions, given.given_by) == (GIVEN.vis, GIVEN.reactions, GIVEN.given_by)
    assert (old.source, old.completion, old.quantity) == ("01", "CP", None)
    assert (refused.completion, refused.refusal, refused.refusal_text) == ("RE", "00", "Parental decision")


def test_the_judge_finds_our_update_well_formed() -> None:
    judge = judged(write_vxu(replace(UPDATE, patient=replace(CHILD, language=""))))
    orders = judge.vxu_v04_order
    assert [order.rxa.rxa_5.rxa_5_1.value for order in orders] == ["20", "08", "10"]
    assert judge.pid.pid_7.value == "20240229"
    assert orders[0].vxu_v04_observation[0].obx.obx_3.obx_3_1.value == "64994-7"


def test_our_own_check_has_nothing_to_say_of_our_messages() -> None:
    assert check(write_vxu(UPDATE), today=date(2026, 11, 22)) == []
    assert check(write_qbp(QUERY)) == []


def test_a_refusal_tells_no_dose() -> None:
    rxa = read_message(write_vxu(replace(UPDATE, doses=(REFUSED,)))).get("RXA")
    assert (rxa.text(6), rxa.text(9), rxa.text(15), rxa.text(18, 3)) == ("999", "", "", "NIP002")


@pytest.mark.parametrize("action", ["A", "U", "D"])
def test_a_dose_is_added_updated_and_deleted(action: str) -> None:
    sent = write_vxu(replace(UPDATE, doses=(replace(GIVEN, action=action),)))
    assert read_message(sent).get("RXA").text(21) == action
    assert check(sent) == []


@pytest.mark.parametrize(
    ("update", "place"),
    [
        (replace(UPDATE, patient=replace(CHILD, birth_date=None)), "PID-7"),
        (replace(UPDATE, patient=replace(CHILD, identifiers=())), "PID-3"),
        (replace(UPDATE, doses=(OLD, replace(GIVEN, vaccine=Coded()))), "RXA-5 of RXA number 2"),
        (replace(UPDATE, doses=(replace(GIVEN, given_on=None),)), "RXA-3"),
        (replace(UPDATE, doses=(replace(REFUSED, refusal=""),)), "RXA-18"),
        (replace(UPDATE, doses=(replace(GIVEN, lot="L" * 21),)), "RXA-15"),
        (replace(UPDATE, header=replace(HEADER, control_id="")), "MSH-10"),
        (replace(UPDATE, doses=()), "RXA"),
    ],
)
def test_what_the_guide_requires_is_asked_for_by_its_place(update: Any, place: str) -> None:
    with pytest.raises(Hl7Error) as refused:
        write_vxu(update)
    assert refused.value.place == place


@pytest.mark.parametrize("profile", ["Z34", "Z44"])
def test_a_question_says_whom_it_is_about(profile: str) -> None:
    sent = write_qbp(replace(QUERY, profile=profile, limit=5))
    back = read_qbp(read_message(sent))
    assert (back.profile, back.tag, back.limit) == (profile, "ask-1", 5)
    assert (back.patient.name, back.patient.birth_date) == (CHILD.name, CHILD.birth_date)
    assert (back.patient.birth_order, back.patient.maiden_name) == (2, "Wren")
    # The judge knows QPD's first three fields alone: the others are the query profile's
    judge = parse_message(sent.decode(), validation_level=VALIDATION_LEVEL.TOLERANT, find_groups=False)
    assert (judge.qpd.qpd_2.value, judge.rcp.rcp_1.value) == ("ask-1", "I")


def reply(**more: Any) -> Reply:
    question = read_message(write_qbp(QUERY)).get("QPD").raw
    answer = HEADER.reply("IIS-1", HEADER.created)
    return replace(Reply(answer, "Z42", "AA", HEADER.control_id, "OK", "ask-1", question), **more)


def test_an_answer_gives_its_doses_with_the_registrys_opinions_and_what_is_due() -> None:
    due = Recommendation(
        Coded("85", "Hep A", "CVX"),
        date(2026, 11, 22),
        date(2026, 12, 1),
        date(2027, 1, 1),
        number="2",
        status="overdue",
    )
    known = KnownDose(OLD, (Evaluation(Coded("45", "HepB", "CVX"), False, "1", reason="Too young"),))
    answer = read_rsp(read_message(write_rsp(reply(patient=CHILD, doses=(known,), due=(due,)))))
    assert (answer.profile, answer.status, answer.tag, answer.ack.about) == ("Z42", "OK", "ask-1", "LIA-000001")
    assert answer.patient == CHILD
    assert answer.asked is not None
    assert answer.asked.name == CHILD.name
    assert [one.dose.cvx for one in answer.doses] == ["08"]
    opinion = answer.doses[0].evaluations[0]
    assert (opinion.valid, opinion.number, opinion.reason) == (False, "1", "Too young")
    (next_one,) = answer.due
    assert (next_one.cvx, next_one.due, next_one.overdue, next_one.status) == ("85", due.due, due.overdue, "overdue")


def test_a_list_gives_its_candidates_and_nothing_found_says_so() -> None:
    listed = read_rsp(read_message(write_rsp(reply(profile="Z31", candidates=(CHILD, CHILD)))))
    nothing = read_rsp(read_message(write_rsp(reply(profile="Z33", status="NF"))))
    assert (listed.profile, len(listed.candidates), listed.patient) == ("Z31", 2, None)
    assert (nothing.profile, nothing.status, nothing.doses) == ("Z33", "NF", ())


def test_a_record_that_cannot_be_read_is_told_and_the_others_are_read() -> None:
    good = write_rsp(reply(profile="Z32", patient=CHILD, doses=(KnownDose(OLD), KnownDose(GIVEN)))).decode()
    answer = read_rsp(read_message(good.replace("RXA|0|1|20240301|", "RXA|0|1|20240230|").encode()))
    assert [one.dose.cvx for one in answer.doses] == ["20"]
    assert [str(fault) for fault in answer.faults] == ["RXA-3: It is not a day that the calendar knows. [date]"]


def test_doses_of_nobody_and_of_several_people_are_nobodys() -> None:
    """A dose must not come into somebody else's history: of two people one is chosen, and asked about again."""
    wren = replace(CHILD, name=replace(CHILD.name, family="Wren"))
    whole = write_rsp(reply(patient=wren, doses=(KnownDose(GIVEN),))).decode()
    head, _, rest = whole.partition("PID|")
    line, _, after = rest.partition("\r")
    nobody = read_rsp(read_message((head + after).encode()))
    several = read_rsp(read_message(f"{head}PID|{line}\rPID|{line.replace('Wren', 'Finch')}\r{after}".encode()))
    assert (nobody.profile, nobody.doses, nobody.faults[0].rule) == ("Z33", (), "whose")
    assert (several.profile, several.patient, several.doses) == ("Z31", None, ())
    assert [one.name.family for one in several.candidates] == ["Wren", "Finch"]
    assert several.faults[0].rule == "whose"


def test_an_acknowledgment_names_the_field_in_plain_words() -> None:
    problem = Problem("RXA", 2, 5, 1, "103", "E", "CVX 999 is unknown")
    ack = Acknowledgment(HEADER, "AE", "LIA-000001", problems=(problem,))
    back = read_ack(read_message(write_ack(ack)))
    assert back.problems == (problem,)
    assert back.outcome == "rejected"
    assert problem.sentence == "Vaccine (RXA-5): its code is not one the registry knows. CVX 999 is unknown"
    assert problem.mended_at == "dose"


@pytest.mark.parametrize(
    ("code", "severities", "outcome"),
    [
        ("AA", "", "accepted"),
        ("AA", "I", "accepted"),
        ("AA", "W", "warnings"),
        ("AE", "W", "warnings"),
        ("AE", "WE", "rejected"),
        ("AE", "", "rejected"),
        ("AR", "", "rejected"),
    ],
)
def test_what_became_of_a_message(code: str, severities: str, outcome: str) -> None:
    problems = tuple(Problem("PID", 1, 8, code="101", severity=one) for one in severities)
    assert Acknowledgment(HEADER, code, "1", problems=problems).outcome == outcome


def test_check_tells_every_problem_of_an_update() -> None:
    update = write_vxu(UPDATE).decode()
    bad = update.replace("|20240229|F|", "|20240230|Q|").replace("PMC^", "QQQ^").replace("V02^", "V99^")
    bad = bad.replace("20^DTaP^CVX", "777^DTaP^CVX").replace("RXA|0|1|20240301|", "RXA|0|1|20280301|")
    found = check(bad.encode(), cvx={"20", "08", "10"}, mvx={"PMC"}, today=date(2026, 11, 22))
    assert [(one.place, one.rule) for one in found] == [
        ("PID-7", "date"),
        ("PID-8.1", "code"),
        ("RXA-5.1", "code"),
        ("RXA-17.1", "code"),
        ("OBX-5.1", "code"),
        ("RXA-3 of RXA number 2", "date-future"),
    ]


def test_a_dose_before_birth_is_told() -> None:
    sent = write_vxu(replace(UPDATE, doses=(replace(OLD, given_on=date(2024, 2, 1)),)))
    assert [one.rule for one in check(sent)] == ["date-before-birth"]
