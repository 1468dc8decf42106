"""Files of other people: the good ones are read, each broken one is refused for its reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from liaison.engines.x12 import (
    X12Error,
    balance_problems,
    check,
    read_277ca,
    read_835,
    read_837p_batches,
    read_999,
)
from liaison.engines.x12.segments import read_segments
from tests.x12.conftest import Found
from tests.x12.oracle import complaints

pytestmark = pytest.mark.engine

READERS: dict[str, Callable[[bytes], list[Any]]] = {
    "835": read_835,
    "837p": read_837p_batches,
    "999": read_999,
    "277ca": read_277ca,
}

# The index calls their envelope good and pyx12 finds the same faults in them as we do: composites with another
# separator than ISA16 declares, a payer loop that is missing, placeholders instead of codes.
FAULTY_THOUGH_INDEXED_OK = {
    "837p/lfh__demo.cob.2ndary.example4.837": "qualifier",
    "837p/lfh__demo.example9.837": "qualifier",
    "837p/lfh__demo.cob.example3.A.837": "loop-missing",
    "837p/oopf__MedicaidExample.txt": "code",
}

# Why each file that is broken on purpose is refused (the collection's README, and what pyx12 finds).
BROKEN_ON_PURPOSE = {
    "270/lfhconnect-idx14118282645__bad-envelope.edi": ("isa-control", 17),
    "835/hdi__835-validation-issues.edi": ("segment-missing", 4),
    "837p/hdi__837P-validation-issues.edi": ("code", 19),
    "837p/imsweb__x12_bad_first_line.txt": ("isa-length", 1),
    "837p/imsweb__x12_bad_segment_identifier.txt": ("segment-id", 6),
    "837p/imsweb__x12_bad_valid_code.txt": ("qualifier", 9),
    "837p/imsweb__x12_loop_errors1_exceeds_max_1_parent.txt": ("loop-repeat", 15),
    "837p/imsweb__x12_loop_errors2_exceeds_max_repeats_multiple_parents.txt": ("loop-repeat", 34),
    "837p/imsweb__x12_missing_elements.txt": ("element-missing", 31),
    "837p/imsweb__x12_missing_required_loop_in_one_repeat.txt": ("loop-missing", 18),
    "837p/imsweb__x12_segment_errors.txt": ("segment-missing", 9),
    "837p/imsweb__x12_segments_out_of_order.txt": ("segment-order", 12),
}


def test_every_good_file_is_split_and_its_envelope_holds(collection: list[Found]) -> None:
    envelope = {"se-count", "st-control", "ge-count", "gs-control", "iea-count", "isa-control", "envelope-order"}
    good = [found for found in collection if found.is_good]
    assert len(good) > 100
    for found in good:
        assert not [problem for problem in check(found.data) if problem.rule in envelope], found.name


def test_every_good_document_is_read(collection: list[Found]) -> None:
    read = 0
    for found in collection:
        if not found.is_good or found.kind not in READERS or found.name in FAULTY_THOUGH_INDEXED_OK:
            continue
        assert READERS[found.kind](found.data), found.name
        read += 1
    assert read > 60


def test_files_with_faults_that_the_index_passes_over_are_refused_by_rule(collection: list[Found]) -> None:
    for found in collection:
        rule = FAULTY_THOUGH_INDEXED_OK.get(found.name)
        if rule:
            with pytest.raises(X12Error) as refused:
                READERS[found.kind](found.data)
            assert refused.value.rule == rule, found.name
            assert complaints(found.data.replace(b"005010X222A2", b"005010X222A1")), found.name


def test_every_file_broken_on_purpose_is_refused_with_its_reason(collection: list[Found]) -> None:
    broken = [found for found in collection if "INVALID on purpose" in found.note]
    assert {found.name for found in broken} == set(BROKEN_ON_PURPOSE)
    for found in broken:
        problems = [(problem.rule, problem.segment_number) for problem in check(found.data)]
        assert BROKEN_ON_PURPOSE[found.name] in problems, (found.name, problems)
        if found.kind in READERS:
            with pytest.raises(X12Error):
                READERS[found.kind](found.data)


def test_every_wrong_envelope_is_named(collection: list[Found]) -> None:
    for found in collection:
        if found.envelope == "ok":
            continue
        rules = {problem.rule for problem in check(found.data)}
        if "ISA not 106" in found.envelope:
            assert rules == {"isa-length"}, found.name
        elif "SE01=" in found.envelope:
            assert rules & {"se-count", "segment-id"}, found.name
        elif "IEA02" in found.envelope:
            assert "isa-control" in rules, found.name
        elif "SE02" in found.envelope:
            assert "st-control" in rules, found.name
        else:
            assert rules, found.name


def test_predetermination_is_not_taken_for_a_claim(collection: list[Found]) -> None:
    for found in collection:
        if "PREDETERMINATION" in found.note:
            with pytest.raises(X12Error) as refused:
                read_837p_batches(found.data)
            assert refused.value.rule == "wrong-transaction"


def test_what_pyx12_accepts_of_our_guides_we_accept(collection: list[Found]) -> None:
    for found in collection:
        if found.kind in READERS and found.is_good and "x12org" in found.name and found.kind == "835":
            assert check(found.data) == [], found.name


def test_the_guide_authors_own_remittances_balance(collection: list[Found]) -> None:
    for found in collection:
        if found.kind == "835" and "x12org" in found.name:
            for remittance in read_835(found.data):
                assert balance_problems(remittance) == [], found.name


def test_an_unbalanced_remittance_is_told_in_words(collection: list[Found]) -> None:
    minimal = next(found for found in collection if found.name == "835/hdi__835-minimal.edi")
    (remittance,) = read_835(minimal.data)
    assert balance_problems(remittance) == [
        "Payment: claims paid 500 less provider adjustments 0 is 500, but BPR02 says 1000."
    ]


def test_a_file_of_several_interchanges_with_a_mark_in_front_is_read_whole(collection: list[Found]) -> None:
    found = next(f for f in collection if f.name == "835/oopf__835_WithMultipleInterchanges.txt")
    segments = list(read_segments(b"\xef\xbb\xbf" + found.data.removeprefix(b"\xef\xbb\xbf")))
    assert len(read_835(found.data)) == 3
    assert [segment.number for segment in segments] == list(range(1, 790))
