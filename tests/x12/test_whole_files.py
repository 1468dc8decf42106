"""Whole files gone wrong as partners send them: told once each, with the segment; what does no harm passes."""

from __future__ import annotations

import pytest

from liaison.engines.x12 import check, iter_check, write_835, write_837p
from liaison.engines.x12.errors import X12Error
from tests.x12.samples import batch, claim, envelope, remittance

pytestmark = pytest.mark.engine

ADVICE = write_835(remittance(), envelope())
CLAIMS = write_837p(batch(claim()))
SET = ADVICE[ADVICE.index(b"ST*") : ADVICE.index(b"GE*")]

HARMLESS = {
    "byte-order mark": b"\xef\xbb\xbf" + ADVICE,
    "line ends of Windows": ADVICE.replace(b"\n", b"\r\n"),
    "no line ends": ADVICE.replace(b"\n", b""),
    "zeros at the end": ADVICE + b"\x00\x00",
    "an end-of-file mark": ADVICE + b"\x1a",
    "two interchanges": ADVICE + CLAIMS,
    "other delimiters": ADVICE.replace(b"*", b"|").replace(b"~", b"!"),
    "lines as segments": ADVICE.replace(b"\n", b"").replace(b"~", b"\n"),
}

BROKEN = {
    "nothing": (b"", "not-x12"),
    "blanks": (b" \n", "not-x12"),
    "a page": (b"<html>ISA*</html>", "not-x12"),
    "UTF-16": (ADVICE.decode().encode("utf-16"), "not-x12"),
    "small letters": (ADVICE.lower(), "not-x12"),
    "something behind the end": (ADVICE + b"xyz", "not-x12"),
    "an ISA that is too short": (ADVICE.replace(b"SUNCO     ", b"SUNCO    ", 1), "isa-length"),
    "half a file": (ADVICE[: len(ADVICE) // 2], "unterminated"),
    "cut off behind a segment": (ADVICE[: ADVICE.index(b"SVC")], "envelope-order"),
    "no IEA": (ADVICE[: ADVICE.index(b"IEA")], "envelope-order"),
    "no GS": (ADVICE.replace(ADVICE[ADVICE.index(b"GS*") : ADVICE.index(b"ST*")], b""), "envelope-order"),
    "no ST": (ADVICE.replace(ADVICE[ADVICE.index(b"ST*") : ADVICE.index(b"BPR")], b""), "envelope-order"),
    "a count of segments": (ADVICE.replace(b"SE*", b"SE*1", 1), "se-count"),
    "a count of sets": (ADVICE.replace(b"GE*1*", b"GE*2*"), "ge-count"),
    "a count of groups": (ADVICE.replace(b"IEA*1*", b"IEA*2*"), "iea-count"),
    "another number of the set": (ADVICE.replace(b"*0001~\nGE", b"*0002~\nGE"), "st-control"),
    "another number of the group": (ADVICE.replace(b"GE*1*", b"GE*1*9"), "gs-control"),
    "the same interchange twice": (ADVICE + ADVICE, "isa-control"),
    "the same set twice": (ADVICE.replace(b"GE*1*", SET + b"GE*2*"), "st-control"),
    "an odd date in the ISA": (ADVICE.replace(b"*260302*", b"*261332*"), "date"),
    "an odd date in the GS": (ADVICE.replace(b"*20260302*170509*", b"*20260230*170509*"), "date"),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_does_no_harm_passes(name: str) -> None:
    assert check(HARMLESS[name]) == []


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_told_once(name: str) -> None:
    data, rule = BROKEN[name]
    assert [problem.rule for problem in check(data)] == [rule]


@pytest.mark.parametrize(
    ("right", "wrong", "rules"),
    [
        (b"GS*HP", b"GS*HC", ["functional-group"]),
        (b"*00501*", b"*00401*", ["version"]),
        (b"XX*1234567893", b"XX*1234567890", ["npi"]),
    ],
)
def test_what_every_payer_takes_is_a_notice(right: bytes, wrong: bytes, rules: list[str]) -> None:
    noticed: list[X12Error] = []
    plain = ADVICE.replace(b"1098765432", b"1679576722")
    assert right in plain
    assert list(iter_check(plain.replace(right, wrong), notice=noticed.append)) == []
    assert [notice.rule for notice in noticed] == rules
