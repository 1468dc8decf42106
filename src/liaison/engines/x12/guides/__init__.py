"""The transactions this engine knows, each described once (element use as in the ASC X12 guides, names of our own)."""

from __future__ import annotations

from functools import cache

from liaison.engines.x12.guides import acknowledgments, claim, eligibility, remittance, review, status
from liaison.engines.x12.guides.codes import CODES
from liaison.engines.x12.structure import LoopSpec, describe

# By implementation id and transaction set: one guide may describe a question and its answer.
DESCRIPTIONS: dict[tuple[str, str], str] = {
    ("X222", "837"): claim.CLAIM,
    ("X221", "835"): remittance.REMITTANCE,
    ("X231", "999"): acknowledgments.FILE,
    ("X214", "277"): acknowledgments.CLAIMS,
    ("X279", "270"): eligibility.INQUIRY,
    ("X279", "271"): eligibility.ANSWER,
    ("X212", "276"): status.INQUIRY,
    ("X212", "277"): status.ANSWER,
    ("X217", "278"): review.REVIEW,
}


def guide_of(version: str, set_id: str) -> LoopSpec | None:
    """The structure for an implementation id such as 005010X222A1, whatever its errata; None where it is not known."""
    return _described(version[6:10], set_id) if version.startswith("005010") else None


@cache
def _described(guide: str, set_id: str) -> LoopSpec | None:
    text = DESCRIPTIONS.get((guide, set_id))
    return None if text is None else describe(set_id, text, CODES)
