"""The reader takes any bytes: what is X12 comes out as segments, everything else is refused by name."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liaison.engines.x12 import (
    X12Error,
    check,
    read_277ca,
    read_835,
    read_837p,
    read_837p_batches,
    read_999,
    write_835,
    write_837p,
)
from liaison.engines.x12.segments import read_segments
from tests.x12.samples import batch, envelope, full_claim, remittance

pytestmark = pytest.mark.engine

CLAIMS = write_837p(batch(full_claim()))
ADVICE = write_835(remittance(), envelope())
READERS: list[Callable[[bytes], object]] = [
    read_837p,
    read_835,
    read_999,
    read_277ca,
    lambda data: read_837p_batches(data, strict=False),
    lambda data: read_835(data, strict=False),
]


@pytest.mark.parametrize(
    ("element", "component", "terminator"), [("|", ">", "\n"), ("\x1d", "\x1f", "\x1c"), ("+", "!", "'")]
)
def test_any_delimiters_are_read(element: str, component: str, terminator: str) -> None:
    marks = bytes.maketrans(b"*:~", (element + component + terminator).encode())
    data = CLAIMS.replace(b"\n", b"").translate(marks)
    assert read_837p(data) == batch(full_claim())


def test_line_ends_and_a_byte_order_mark_do_not_matter() -> None:
    assert read_837p(b"\xef\xbb\xbf\r\n" + CLAIMS.replace(b"\n", b"\r\n") + b"\r\n\x1a") == batch(full_claim())


def test_interchanges_behind_each_other_may_have_their_own_delimiters() -> None:
    other = ADVICE.translate(bytes.maketrans(b"*:~", b"|>'"))
    assert read_835(ADVICE + other) == [remittance(), remittance()]


def test_a_file_cut_anywhere_is_refused() -> None:
    for end in range(0, len(CLAIMS) - 2, 7):
        with pytest.raises(X12Error):
            read_837p(CLAIMS[:end])


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "not-x12"),
        (b"  \r\n", "not-x12"),
        (b"MSH|^~\\&|", "not-x12"),
        (b"ISA*00*", "isa-length"),
        (CLAIMS.replace(b"SE*", b"SE*1"), "se-count"),
        (CLAIMS.replace(b"GE*1*", b"GE*2*"), "ge-count"),
        (CLAIMS.replace(b"GE*1*42", b"GE*1*43"), "gs-control"),
        (CLAIMS.replace(b"IEA*1*", b"IEA*3*"), "iea-count"),
        (CLAIMS.replace(b"IEA*1*000000042", b"IEA*1*000000043"), "isa-control"),
        (CLAIMS.replace(b"HL*1*", b"hl*1*"), "segment-id"),
        (CLAIMS.replace(b"*XX*", b"*X\x00X*", 1), "character-set"),
        (CLAIMS[: CLAIMS.index(b"IEA")], "envelope-order"),
        (CLAIMS.replace(b"GS*", b"GX*"), "envelope-order"),
    ],
)
def test_each_fault_of_the_envelope_has_its_name(data: bytes, rule: str) -> None:
    with pytest.raises(X12Error) as refused:
        read_837p(data)
    assert refused.value.rule == rule
    assert rule in {problem.rule for problem in check(data)}


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400) | st.binary(max_size=300).map(lambda rest: CLAIMS[:107] + rest))
def test_no_bytes_raise_anything_but_the_engines_error(data: bytes) -> None:
    check(data)
    for read in READERS:
        with suppress(X12Error):
            read(data)


@settings(max_examples=250, deadline=None)
@given(
    source=st.sampled_from([CLAIMS, ADVICE]),
    edits=st.lists(
        st.tuples(st.integers(106, 1_000), st.integers(0, 6), st.binary(max_size=4)), min_size=1, max_size=4
    ),
)
def test_no_damaged_file_raises_anything_but_the_engines_error(
    source: bytes, edits: list[tuple[int, int, bytes]]
) -> None:
    for at, removed, put in edits:
        source = source[:at] + put + source[at + removed :]
    check(source)
    for read in READERS:
        with suppress(X12Error):
            read(source)


@pytest.mark.parametrize("blank", [b" ", b"\t", b"\r", b"\n", b"\x00", b"\x1a"])
def test_white_space_around_a_value_is_no_part_of_it(blank: bytes) -> None:
    around = CLAIMS.replace(b"*XX*", b"*" + blank + b"XX" + blank + b"*")
    assert around != CLAIMS
    assert [s.elements for s in read_segments(around)] == [s.elements for s in read_segments(CLAIMS)]


def test_lenient_reading_refuses_a_value_with_nul() -> None:
    with pytest.raises(X12Error, match="NUL"):
        read_835(ADVICE.replace(b"*ACH*", b"*A\x00H*", 1), strict=False)


def test_lenient_reading_passes_over_no_segment_whose_id_is_damaged() -> None:
    for strict in (True, False):
        with pytest.raises(X12Error) as refused:
            read_835(ADVICE.replace(b"\nCAS*", b"\nC?S*", 1), strict=strict)
        assert refused.value.rule == "segment-id"


def test_segments_are_read_in_memory_that_does_not_grow() -> None:
    head, tail = ADVICE.split(b"LX*1~\n")
    body = tail[: tail.index(b"PLB")]

    def peak(copies: int) -> int:
        stream = io.BytesIO(head + b"LX*1~\n" + body * copies + tail[tail.index(b"PLB") :])
        tracemalloc.start()
        total = sum(1 for _ in read_segments(stream))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert total > copies * 10
        return most

    assert peak(4_000) < peak(400) * 2
