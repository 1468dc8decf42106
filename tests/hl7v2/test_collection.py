"""The messages of others: each gives what is in it, or its own error."""

from collections.abc import Callable
from datetime import date

import pytest

from liaison.engines.hl7v2 import Hl7Error, check, read_ack, read_messages, read_rsp, read_vxu
from tests.hl7v2.conftest import Found

pytestmark = pytest.mark.engine

# Registries that answer with a history; the others list, find nothing, or answer a question of another kind
HISTORIES = ("rsp/fits__", "rsp/vfc__", "rsp/izgw__", "rsp/nistiz", "rsp/smm__")


def test_every_file_is_read_and_checked_without_another_error(collection: list[Found]) -> None:
    assert len(collection) > 100
    for one in collection:
        for message in read_messages(one.data):
            assert message.header.id == "MSH", one.name
        assert all(isinstance(fault, Hl7Error) for fault in check(one.data)), one.name


def test_every_answer_with_a_dose_or_a_recommendation_gives_them(collection: list[Found]) -> None:
    """What our reader finds is what a plain count of the segments says is there."""
    read = 0
    for one in collection:
        if not one.name.startswith(HISTORIES) or not one.kind.startswith("RSP^K11"):
            continue
        for message in read_messages(one.data):
            answer = read_rsp(message)
            rxas = message.all("RXA")
            given = [rxa for rxa in rxas if rxa.text(5) != "998"]
            assert len(answer.doses) == len(given), one.name
            assert len([one for one in answer.faults if one.segment == "ORC"]) == len(message.all("ORC")) - len(rxas)
            dates = [obx for obx in message.all("OBX") if obx.text(3) == "30980-7" and obx.text(5)]
            nameless = [fault for fault in answer.faults if fault.segment == "OBX"]
            assert len([due for due in answer.due if due.due]) + len(nameless) == len(dates), one.name
            assert all(due.cvx.isdigit() or due.vaccine.text for due in answer.due), one.name
            assert all(known.dose.cvx.isdigit() for known in answer.doses), one.name
            read += 1
    assert read > 40


def test_every_update_gives_its_doses_or_says_why_not(collection: list[Found]) -> None:
    for one in collection:
        if one.name.startswith("vxu/"):
            for message in read_messages(one.data):
                update = read_vxu(message)
                assert len(update.doses) + len(update.faults) >= max(1, len(message.all("RXA"))), one.name


def test_every_acknowledgment_says_what_became_of_the_message(collection: list[Found]) -> None:
    for one in collection:
        if one.name.startswith("ack/"):
            ack = read_ack(read_messages(one.data)[0])
            assert ack.outcome in ("accepted", "warnings", "rejected")
            assert all(problem.sentence[0].isupper() for problem in ack.problems), one.name


def test_the_dialect_that_writes_leading_zeros(shared_file: Callable[[str], bytes]) -> None:
    answer = read_rsp(read_messages(shared_file("rsp/fits__FitsExamples-24-RSP_K11_RSP_K11.hl7"))[0])
    assert [due.cvx for due in answer.due][:2] == ["45", "10"]
    assert answer.due[0].due == date(2014, 8, 12)


def test_the_dialect_that_puts_the_whole_forecast_into_one_group(shared_file: Callable[[str], bytes]) -> None:
    answer = read_rsp(read_messages(shared_file("rsp/fits__FitsExamples-07-RSP_K11_RSP_K11.hl7"))[0])
    hep_b = answer.due[0]
    assert (hep_b.cvx, hep_b.earliest, hep_b.overdue, hep_b.latest, hep_b.status) == (
        "08", date(2014, 8, 12), date(2014, 9, 8), date(2033, 8, 11), "overdue",
    )  # fmt: skip
    assert [(one.vaccine.text, one.valid, one.number) for one in answer.doses[0].evaluations] == [
        ("MMR", True, "1"),
        ("Varicella", True, "1"),
    ]


def test_the_dialect_that_names_series_instead_of_vaccines(shared_file: Callable[[str], bytes]) -> None:
    answer = read_rsp(read_messages(shared_file("rsp/fits__FitsExamples-09-RSP_K11_RSP_K11.hl7"))[0])
    hep_b = answer.due[0]
    assert (hep_b.vaccine.text, hep_b.due, hep_b.status) == ("HEPATITIS B", date(2014, 8, 12), "overdue")
    assert [one.vaccine.text for one in answer.doses[0].evaluations] == ["CHICKEN POX", "MEASLES", "MUMPS", "RUBELLA"]


def test_too_many_and_not_found(shared_file: Callable[[str], bytes]) -> None:
    many = read_rsp(read_messages(shared_file("rsp/izgw__61-RSP_K11_RSP_K11-Z33.hl7"))[0])
    none = read_rsp(read_messages(shared_file("rsp/vfc__TestIISConnector-31-RSP_K11_RSP_K11.hl7"))[0])
    assert (many.profile, many.status) == ("Z33", "TM")
    assert (none.profile, none.status, none.problems[0].text) == ("Z33", "NF", "No patients found for this query")
    assert none.problems[0].severity == "I"


def test_warnings_without_severity_are_told_apart_by_their_words(shared_file: Callable[[str], bytes]) -> None:
    ack = read_ack(read_messages(shared_file("ack/smm__TestAckAnalyzer-07-ACK.hl7"))[0])
    assert ack.outcome == "warnings"
    assert [one.severity for one in ack.problems][:4] == ["W", "W", "W", "I"]


def test_a_message_that_is_invalid_on_purpose_is_told(shared_file: Callable[[str], bytes]) -> None:
    found = check(shared_file("vxu/aidbox__vxu-v04-error-missing-rxa.hl7"))
    assert "RXA" in [one.segment for one in found]
