"""How a diagnosis usually counts as a problem addressed, by a list of ICD-10-CM categories of our own."""

from functools import cache
from importlib import resources

from liaison.engines.evaluation.facts import Problem

_NO_PROBLEM = ("V", "W", "X", "Y", "Z")  # causes of injuries, and reasons to come that are no illness


def problem_of(code: str) -> Problem | None:
    """What a diagnosis is taken for until somebody says otherwise; None for what is no problem, like a check-up.

    A chronic illness is taken as stable unless its code says that it is worse. What the list does not know is taken as
    acute and uncomplicated.
    """
    code = code.upper().replace(".", "")
    for length in range(len(code), 3, -1):
        if (found := _exact().get(code[:length])) is not None:
            return found
    for first, last, kind in _ranges():
        if first <= code[:3] <= last:
            return kind
    return None if code.startswith(_NO_PROBLEM) or not code else Problem.ACUTE


@cache
def _lines() -> tuple[tuple[str, Problem], ...]:
    text = (resources.files(__package__) / "conditions.tsv").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return tuple((codes, Problem(kind)) for kind, listed in rows for codes in listed.split())


@cache
def _exact() -> dict[str, Problem]:
    return {codes.replace(".", ""): kind for codes, kind in _lines() if "." in codes}


@cache
def _ranges() -> tuple[tuple[str, str, Problem], ...]:
    """The narrowest first."""
    spans = [(*_ends(codes), kind) for codes, kind in _lines() if "." not in codes]
    return tuple(sorted(spans, key=lambda span: _width(span[0], span[1])))


def _ends(codes: str) -> tuple[str, str]:
    first, _, last = codes.partition("-")
    return first, last or first


def _width(first: str, last: str) -> int:
    return int(last, 36) - int(first, 36)
