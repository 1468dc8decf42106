"""What must hang together within a claim of an 837P (guide X222), segments one by one, a claim in memory at a time."""

from __future__ import annotations

from collections.abc import Iterator

from liaison.engines.x12.balance import cents_of
from liaison.engines.x12.errors import X12Error
from liaison.engines.x12.segments import Segment

_REPLACES = ("7", "8")
_DIAGNOSES = ("ABK", "ABF", "BK", "BF")
_ACCIDENT = "439"


class ClaimFacts:
    """Rules: "claim-total" (CLM02 is the sum of the lines), "line-number" (LX01 counts), "pointer" (a diagnosis that is
    not there), "original-number" (a replacement without REF F8), "accident-date" (CLM11 without DTP 439) and
    "patient-level" (SBR02 says that the subscriber is the patient).
    """

    WATCHED = frozenset({"HL", "SBR", "CLM", "HI", "REF", "DTP", "LX", "SV1"})

    def __init__(self) -> None:
        self._claim: Segment | None = None
        self._level = self._relation = ""
        self._cents = self._lines = self._told_line = self._diagnoses = 0
        self._has_original = self._has_accident = self._doubted = False

    def doubt(self, element: str) -> None:
        """An amount of the claim is no amount, or a segment is missing: its sum says nothing."""
        self._doubted |= element in ("CLM", "CLM02", "SV1", "SV102")

    def feed(self, segment: Segment) -> Iterator[X12Error]:
        """What the segment shows to be wrong, with it or with the claim before."""
        kind = segment.elements[0]
        if kind == "SV1":
            self._cents += cents_of(segment, 2)
            yield from self._pointers(segment)
        elif kind == "REF":
            self._has_original |= segment.get(1) == "F8" and not self._lines
        elif kind == "DTP":
            self._has_accident |= segment.get(1) == _ACCIDENT
        elif kind == "LX":
            yield from self._line(segment)
        elif kind == "HI":
            if segment.part(1, 1) in _DIAGNOSES and not self._lines:
                self._diagnoses = sum(segment.part(at, 1) in _DIAGNOSES for at in range(1, len(segment.elements)))
        elif kind == "SBR":
            # Those of other payers stand within the claim.
            self._relation = segment.get(2) if self._claim is None else self._relation
        else:
            yield from self.end()
            if kind == "CLM":
                self._claim = segment
                yield from self._patient(segment)
            else:
                self._level = segment.get(3)

    def end(self) -> Iterator[X12Error]:
        """The claim is over: what it lacks."""
        claim, self._claim = self._claim, None
        if claim is not None:
            if not self._doubted and cents_of(claim, 2) != self._cents:
                yield _fault("claim-total", "CLM02 must be the sum of the lines' charges.", claim, "2300", "CLM02")
            if claim.part(5, 3) in _REPLACES and not self._has_original:
                message = "A claim that replaces or voids another (CLM05-3) names the payer's number of it (REF F8)."
                yield _fault("original-number", message, claim, "2300", "REF")
            if "AA" in claim.parts(11) and not self._has_accident:
                message = "A claim about an accident (CLM11) tells its date (DTP 439)."
                yield _fault("accident-date", message, claim, "2300", "DTP")
        self._cents = self._lines = self._told_line = self._diagnoses = 0
        self._has_original = self._has_accident = self._doubted = False

    def _patient(self, claim: Segment) -> Iterator[X12Error]:
        if self._level == "23" and self._relation == "18":
            message = "SBR02 says that the subscriber is the patient (18), and another one (HL 23) stands here."
            yield _fault("patient-level", message, claim, "2000B", "SBR02")

    def _line(self, segment: Segment) -> Iterator[X12Error]:
        self._lines += 1
        told = segment.get(1)
        number = int(told) if told.isascii() and told.isdecimal() and len(told) < 7 else 0
        right = number in (self._lines, self._told_line + 1)
        if number and not right:
            message = f"LX01 must be {self._lines}: the lines of a claim are numbered from 1 without a gap."
            yield _fault("line-number", message, segment, "2400", "LX01")
        self._told_line = number if right else self._told_line + 1

    def _pointers(self, segment: Segment) -> Iterator[X12Error]:
        for at, told in enumerate(segment.parts(7)[:4], 1):
            if self._diagnoses and told.isascii() and told.isdecimal() and int(told[:4]) > self._diagnoses:
                message = f"SV107-{at} points at a diagnosis that the claim does not have ({self._diagnoses} in HI)."
                yield _fault("pointer", message, segment, "2400", f"SV107-{at}")


def _fault(rule: str, message: str, segment: Segment, loop: str, element: str) -> X12Error:
    return X12Error(rule, message, segment_number=segment.number, loop=loop, element=element)
