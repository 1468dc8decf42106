"""999 and 277CA: what became of a file and of each claim in it."""

from __future__ import annotations

import pytest

from liaison.engines.x12 import (
    ClaimAcknowledgment,
    ClaimAnswer,
    ElementError,
    FileAcknowledgment,
    Party,
    SegmentError,
    SetAcknowledgment,
    Status,
    acknowledge,
    check,
    read_277ca,
    read_999,
    write_277ca,
    write_837p,
    write_999,
)
from tests.x12.conftest import Found
from tests.x12.oracle import complaints
from tests.x12.samples import CLINIC, PAYER, SUBMITTER, TODAY, batch, envelope

pytestmark = pytest.mark.engine

VERSION = "005010X222A1"


def answer(control: str, *statuses: Status) -> ClaimAnswer:
    return ClaimAnswer(control, statuses, TODAY, 17_550, "SUN1", "Rivera", "Ana", "SUN000000123", TODAY)


def acknowledgment() -> ClaimAcknowledgment:
    return ClaimAcknowledgment(
        payer=PAYER,
        submitter=Party(SUBMITTER.name, SUBMITTER.id),
        provider=Party(CLINIC.name, CLINIC.npi),
        reference="42",
        received=TODAY,
        processed=TODAY,
        claims=(answer("C1", Status("A2", "20")), answer("C2", Status("A3", "33", "IL"), Status("A7", "21"))),
    )


def test_claim_answers_are_accepted_by_pyx12_and_read_back() -> None:
    data = write_277ca(acknowledgment(), envelope())
    assert complaints(data) == []
    assert check(data) == []
    assert read_277ca(data) == [acknowledgment()]


def test_accepted_and_rejected_claims_are_told_apart() -> None:
    (read,) = read_277ca(write_277ca(acknowledgment(), envelope()))
    assert [claim.control_number for claim in read.accepted] == ["C1"]
    assert [claim.control_number for claim in read.rejected] == ["C2"]


def test_the_guide_authors_example_is_read(collection: list[Found]) -> None:
    found = next(found for found in collection if found.name == "277ca/hdi__X214-payer-response.edi")
    (read,) = read_277ca(found.data)
    assert read.reference == "2002022045678"
    assert [(c.control_number, c.statuses[0].category, c.is_accepted) for c in read.claims] == [
        ("PATIENT22222", "A2", True),
        ("PATIENT33333", "A3", False),
        ("JONES44444", "A7", False),
        ("JOHNSON55555", "A2", True),
        ("MILLS66666", "A2", True),
    ]
    assert read.claims[1].statuses[1].code == "187"


def test_file_answers_are_accepted_by_pyx12_and_read_back() -> None:
    fault = SegmentError("NM1", 5, "8", "2010", (ElementError(3, "1"), ElementError(1, "7", 2)))
    sent = FileAcknowledgment(
        "HC",
        "42",
        "P",
        (
            SetAcknowledgment("837", "0001", "A", version=VERSION),
            SetAcknowledgment("837", "0002", "R", (fault,), ("5",), VERSION),
        ),
        VERSION,
        2,
        1,
    )
    data = write_999(sent, envelope())
    assert complaints(data) == []
    assert read_999(data) == [sent]
    assert not sent.is_accepted


def test_what_check_finds_becomes_the_answer_to_the_file() -> None:
    data = write_837p(batch()).replace(b"DMG*D8*19800517*F", b"DMG*D8*19801317*F").replace(b"N3*100 Main St~\n", b"")
    problems = check(data)
    told = acknowledge("837", "0001", VERSION, 3, problems)
    assert told.code == "R"
    assert ("N3", "3") in [(error.segment, error.code) for error in told.errors]
    assert ("DMG", "8") in [(error.segment, error.code) for error in told.errors]
    assert told.reasons == ("4", "5")
    assert complaints(write_999(FileAcknowledgment("HC", "42", "R", (told,), VERSION, 1, 0), envelope())) == []


def test_a_component_at_fault_is_named_in_the_answer() -> None:
    data = write_837p(batch()).replace(b"*11:B:1*Y*", b"*11:Z:1*Y*").replace(b"*170509*CH", b"*2505*CH")
    told = acknowledge("837", "0001", VERSION, 3, check(data))
    assert [(e.segment, e.elements[0].position, e.elements[0].component, e.elements[0].code) for e in told.errors] == [
        ("BHT", 5, 0, "9"),
        ("CLM", 5, 2, "7"),
    ]
    assert complaints(write_999(FileAcknowledgment("HC", "42", "R", (told,), VERSION, 1, 0), envelope())) == []
