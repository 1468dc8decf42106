"""Hostile input: nothing but the engine's own error comes out, and the work grows with the length alone."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liaison.engines.x12 import (
    Remittance,
    X12Error,
    balance,
    check,
    named,
    read_270,
    read_271,
    read_276,
    read_277,
    read_277ca,
    read_278,
    read_278_answer,
    read_835,
    read_837p_batches,
    read_999,
    read_segments,
    read_ta1,
    split,
    tell,
    write_270,
    write_271,
    write_276,
    write_277,
    write_278,
    write_278_answer,
    write_835,
    write_837p,
)
from tests.x12.samples import batch, envelope, full_claim, full_remittance, secondary_claim
from tests.x12.test_inquiries import ANSWER, CLAIM_STATUS, OF_A_CHILD, REQUEST, REVIEWED, STATUS_INQUIRY
from tests.x12.transactions import ELIGIBILITY, REVIEW, STATUS

pytestmark = pytest.mark.engine

READERS: tuple[Callable[..., Sequence[object]], ...] = (
    read_270, read_271, read_276, read_277, read_277ca, read_278, read_278_answer, read_835, read_837p_batches,
    read_999,
)  # fmt: skip
WHOLE = [
    write_837p(batch(full_claim(), secondary_claim())),
    write_835(full_remittance(), envelope()),
    write_270(OF_A_CHILD, envelope()),
    write_271(ANSWER, envelope()),
    write_276(STATUS_INQUIRY, envelope()),
    write_277(CLAIM_STATUS, envelope()),
    write_278(REQUEST, envelope()),
    write_278_answer(REVIEWED, envelope()),
    ELIGIBILITY,
    STATUS,
    REVIEW,
]
HEAD, TAIL = WHOLE[0][: WHOLE[0].index(b"BHT")], WHOLE[0][WHOLE[0].index(b"SE*") :]
ISA = WHOLE[0][:107]


def everything(data: bytes) -> None:
    """All that can be done with a file."""
    check(data)
    with suppress(X12Error):
        segments = list(read_segments(data))
        assert b"".join(segment.exact() for segment in segments) == data
        for segment in segments:
            named(segment)
    for as_json in (True, False):
        pieces = []
        with suppress(X12Error):
            for piece in tell(io.BytesIO(data), as_json=as_json, anyway=True):
                pieces.append(piece)
        if as_json:
            for line in filter(None, "".join(pieces).split("\n")):
                json.loads(line)
    with suppress(X12Error):
        for _, parts in split(data, lambda problem: None):
            b"".join(parts)
    for read in READERS:
        # Strict reading stops where this goes on.
        with suppress(X12Error):
            for each in read(data, strict=False):
                if isinstance(each, Remittance):
                    balance(each)
    with suppress(X12Error):
        read_ta1(data)


segment_text = st.lists(
    st.sampled_from(
        ["", "HL", "1", "20", "22", "NM1", "85", "D8", "20260230", "HC:99213", "9" * 40, "a:b:c", "^^", "é", "\n"]
    ),
    max_size=12,
).map("*".join)
segments_text = st.lists(
    st.tuples(
        st.sampled_from(["HL", "NM1", "CLM", "SV1", "DTP", "EB", "CAS", "ST", "SE", "GS", "ISA", "TA1", "zz"]),
        segment_text,
    ),
    max_size=25,
).map(lambda rows: "".join(f"{id}*{rest}~" for id, rest in rows).encode())


@settings(max_examples=150, deadline=None)
@given(segments_text, st.booleans())
def test_segments_in_any_order_raise_nothing_else(body: bytes, whole: bool) -> None:
    everything(HEAD + body + (TAIL if whole else b""))


@settings(max_examples=150, deadline=None)
@given(
    source=st.sampled_from(WHOLE),
    edits=st.lists(st.tuples(st.integers(0, 2_000), st.integers(0, 8), st.binary(max_size=5)), min_size=1, max_size=5),
)
def test_a_damaged_file_raises_nothing_else(source: bytes, edits: list[tuple[int, int, bytes]]) -> None:
    for at, removed, put in edits:
        source = source[:at] + put + source[at + removed :]
    everything(source)


@settings(max_examples=60, deadline=None)
@given(
    source=st.sampled_from(WHOLE),
    marks=st.permutations(list("*:^~|>!\n\x1d\x1e\x1f+.-'{}\\ ]")).map(lambda chars: chars[:4]),
)
def test_any_four_marks_separate(source: bytes, marks: list[str]) -> None:
    plain = source.replace(b"\n", b"")
    if any(mark.encode() in plain for mark in marks if mark not in "*:^~"):
        return
    table = bytes.maketrans(b"*:^~", "".join(marks).encode())
    assert check(plain.translate(table)) == []


odd_text = st.sampled_from(
    [
        b"~",
        b"~\n",
        b"\r\n",
        b" ~",
        b"~ ",
        b" *",
        b"* ",
        b"\t",
        b"\x1a",
        b"\xc3\xa9",
        b"\xe9",
        b"IEA*1*1~",
        b"ISA*",
        b"~~",
        b"z~",
    ]
)


@settings(max_examples=120, deadline=None)
@given(
    source=st.sampled_from(WHOLE),
    edits=st.lists(st.tuples(st.integers(0, 2_000), st.integers(0, 3), odd_text), max_size=4),
    size=st.integers(1, 200),
)
def test_a_stream_that_comes_in_drops_says_the_same(
    source: bytes, edits: list[tuple[int, int, bytes]], size: int
) -> None:
    class Drops(io.BytesIO):
        def read(self, count: int | None = -1) -> bytes:
            return super().read(size)

    for at, removed, put in edits:
        source = source[:at] + put + source[at + removed :]
    assert _told(Drops(source)) == _told(source)


def _told(source: bytes | io.BytesIO) -> list[tuple[object, ...]]:
    """Segments, problems where they are told, and what ended the reading."""
    told: list[tuple[object, ...]] = []

    def report(problem: X12Error) -> None:
        told.append((problem.rule, problem.segment_number))

    try:
        for segment in read_segments(source, report):
            told.append((segment.number, segment.elements, segment.exact()))
    except X12Error as stopped:
        report(stopped)
    return told


def _within(whole: bytes, before: bytes, put: bytes) -> bytes:
    at = whole.index(before)
    return whole[:at] + put + whole[at:]


HOSTILE: dict[str, Callable[[int], bytes]] = {
    "segments out of place": lambda n: HEAD + b"ZZ*1~" * n + TAIL,
    "loops without end": lambda n: HEAD + b"HL*1**20*1~HL*2*1*22*0~CLM*1*1~LX*1~" * n + TAIL,
    "elements without end": lambda n: HEAD + b"NM1" + b"*41" * n + b"~" + TAIL,
    "components without end": lambda n: HEAD + b"HI*ABK" + b":1" * n + b"~" + TAIL,
    "repetitions without end": lambda n: ELIGIBILITY.replace(b"EB*1*", b"EB*1**30" + b"^30" * n + b"*", 1),
    "numbers without end": lambda n: HEAD + b"CLM*1*" + b"9" * n + b"~" + TAIL,
    "interchanges with other marks": lambda n: (ISA[:-2] + b"~IEA*0*1~" + ISA[:-2] + b"!IEA*0*1!") * n,
    "empty segments": lambda n: HEAD + b"~ \n" * n + TAIL,
    "levels that hang on each other": lambda n: (
        HEAD + b"".join(b"HL*%d*%d*22~" % (i, i - 1) for i in range(1, n)) + TAIL
    ),
    "benefits without end": lambda n: _within(
        WHOLE[3], b"EB*", b"EB*B*IND*98***27*1~MSG*x~LS*2120~NM1*P3*1*A~LE*2120~" * n
    ),
    "statuses without end": lambda n: _within(WHOLE[5], b"STC*", b"STC*F1:65*20260302**1*1~" * n),
    "services without end": lambda n: _within(WHOLE[7], b"SE*", b"HL*9*4*SS~HCR*A1*1~SV1*HC:1~" * n),
    "adjustments without end": lambda n: _within(WHOLE[1], b"SVC*", b"SVC*HC:1*1*1~CAS*CO*45*1~" * n),
    "envelopes that end before they begin": lambda n: ISA + b"SE*1*1~GE*1*1~ST*837*1~GS*HC~" * n,
}


@pytest.mark.parametrize("shape", HOSTILE)
def test_twice_the_input_is_at_most_twice_the_work(shape: str) -> None:
    def calls(data: bytes) -> int:
        count = 0

        def seen(frame: object, event: str, argument: object) -> None:
            nonlocal count
            count += event in ("call", "c_call")

        sys.setprofile(seen)
        try:
            everything(data)
        finally:
            sys.setprofile(None)
        return count

    everything(HOSTILE[shape](2))
    single, double = calls(HOSTILE[shape](400)), calls(HOSTILE[shape](800))
    assert double <= single * 2.2 + 200


def test_a_segment_or_a_gap_that_never_ends_is_refused() -> None:
    for endless in (HEAD + b"NTE*" + b"x" * 2_000_000, HEAD + b"~" * 2_000_000, b" " * 2_000_000):
        assert {problem.rule for problem in check(endless)} & {"segment-too-long", "not-x12"}
