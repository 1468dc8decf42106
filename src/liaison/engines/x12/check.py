"""What is wrong with a file: envelope and structure, every fault at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO

from liaison.engines.x12.balance import RemittanceTotals
from liaison.engines.x12.claim_check import ClaimFacts
from liaison.engines.x12.envelope import Transaction, read_transactions
from liaison.engines.x12.errors import Report, X12Error, ignore
from liaison.engines.x12.guides import guide_of
from liaison.engines.x12.heads import Heads
from liaison.engines.x12.loops import Follower, Loop, Sink, Tree, follow
from liaison.engines.x12.notices import Notices
from liaison.engines.x12.segments import Segment
from liaison.engines.x12.structure import LoopSpec


def check(source: bytes | BinaryIO) -> list[X12Error]:
    """Every problem of a file in its order; an empty list means that envelope and known structures hold.

    A file that cannot be split into segments ends with the problem that stopped the reading. Transactions without a
    described guide are checked in their envelope alone.
    """
    return sorted(iter_check(source), key=lambda problem: problem.segment_number)


def iter_check(
    source: bytes | BinaryIO,
    undescribed: Callable[[Transaction], None] | None = None,
    notice: Report | None = None,
) -> Iterator[X12Error]:
    """The problems of a file of any size as they are found; `undescribed` is told of transactions without a guide.

    `notice` is told of what is wrong by the letter and common in files that every payer takes: "functional-group",
    "version", a short ST02, "hl-children" (HL04), "npi" (a check digit).

    A loop's missing segments are told where the loop ends, which is behind the place that they name.
    """
    problems: list[X12Error] = []
    heads = Heads(problems.append, notice)
    try:
        for transaction in read_transactions(source, problems.append, heads):
            spec = guide_of(transaction.version, transaction.set_id)
            if spec is not None:
                yield from _check_set(transaction, spec, problems, notice)
            elif undescribed is not None:
                undescribed(transaction)
            yield from problems
            problems.clear()
    except X12Error as stopped:
        problems.append(stopped)
    yield from problems


def _check_set(
    transaction: Transaction, spec: LoopSpec, problems: list[X12Error], notice: Report | None
) -> Iterator[X12Error]:
    """The problems of a transaction set as they are found; those of its end are left in `problems`, as the reader's."""
    follower = Follower(spec, problems.append, Sink(), transaction.header.number)
    sums = _SUMS.get(transaction.set_id, _NoSums)()
    watched, notices = sums.WATCHED, Notices(notice) if notice else None
    for segment in transaction.segments:
        kind = segment.elements[0]
        if kind in watched:
            problems += sums.feed(segment)
        if notices is not None and kind in Notices.WATCHED:
            notices.feed(segment)
        follower.feed(segment)
        if problems:
            _doubt(sums, problems)
            yield from problems
            problems.clear()
    # What the end of the set showed stands behind what its loops lack.
    envelope = problems[:]
    problems.clear()
    # Of a set that was cut off nobody knows what it lacks.
    if transaction.trailer is not None:
        follower.end()
        _doubt(sums, problems)
        problems += sums.end()
    problems += envelope
    if notices is not None:
        notices.end()


class _NoSums:
    """Of a transaction without amounts that must add up."""

    WATCHED: frozenset[str] = frozenset()

    def doubt(self, element: str) -> None:
        return None

    def feed(self, segment: Segment) -> Iterator[X12Error]:
        yield from ()

    def end(self) -> Iterator[X12Error]:
        yield from ()


_Sums = RemittanceTotals | ClaimFacts | _NoSums
_SUMS: dict[str, type[_Sums]] = {"835": RemittanceTotals, "837": ClaimFacts}
_DOUBTFUL = frozenset({"number", "element-missing", "element-length", "segment-missing", "segment-order"})


def _doubt(sums: _Sums, problems: list[X12Error]) -> None:
    """What an amount that is none would throw out of balance is not told as well."""
    for problem in problems:
        if problem.rule in _DOUBTFUL:
            sums.doubt(problem.element)


def read_documents(
    source: bytes | BinaryIO,
    guide: str,
    set_id: str,
    *,
    strict: bool,
    take: Mapping[str, Callable[[Loop], None]] | None = None,
) -> Iterator[tuple[Transaction, Loop]]:
    """Transactions of one guide ("X222") as loops; another kind of transaction raises "wrong-transaction".

    Strict reading raises the first fault of the envelope, a missing or repeated loop or segment, and a code that
    the guide does not allow; otherwise they are passed over and a typed reader fails only at what it cannot do without.
    Loops whose id is in `take` are handed over as they end and are not in the tree.
    """
    spec_name = f"005010{guide}"
    for transaction in read_transactions(source, None if strict else _unless_damaged):
        if transaction.set_id != set_id or not transaction.version.startswith(spec_name):
            raise X12Error(
                "wrong-transaction",
                f"A {set_id} of the guide {spec_name} is expected here.",
                segment_number=transaction.header.number,
                element="ST03",
            )
        spec = guide_of(transaction.version, transaction.set_id)
        if spec is None:
            raise X12Error("wrong-transaction", "The guide is not known.", element="ST03")
        tree = Tree(spec, take)
        report = refuse if strict else ignore
        follow(spec, transaction.segments, report, tree, transaction.header.number, mend=strict)
        yield transaction, tree.root


# Faults that real partners send: `check` names them, reading goes on, and a typed reader refuses what it cannot
# do without.
_HARMLESS = frozenset(
    {
        "segment-order", "segment-unexpected", "hl-number", "hl-parent", "element-missing", "element-length",
        "element-repeat", "element-unexpected", "component-unexpected", "element-unused", "elements-together", "date",
        "time", "number",
    }
)  # fmt: skip


# Whose codes decide what a document says; a strange code elsewhere is named by `check` and does not stop reading.
_DECISIVE = frozenset({"BHT", "BPR", "CAS", "CLM", "CLP", "SBR", "PAT", "AK9", "IK5"})
# Required by a guide, and left out by many: whom to call, and where a payer lives.
_WANTED = frozenset({"PER", "N3", "N4"})


def refuses(problem: X12Error) -> bool:
    """Whether strict reading stops at this problem."""
    if problem.rule == "segment-missing":
        return problem.element not in _WANTED
    if problem.rule == "code":
        return "-" not in problem.element and problem.element[:-2] in _DECISIVE
    return problem.rule not in _HARMLESS


def refuse(problem: X12Error) -> None:
    """The `Report` of strict reading."""
    if refuses(problem):
        raise problem


def _unless_damaged(problem: X12Error) -> None:
    """The `Report` of lenient reading: a segment with a wrong id may be any, and one with a NUL is damaged."""
    if problem.rule in ("segment-id", "character-set"):
        raise problem
