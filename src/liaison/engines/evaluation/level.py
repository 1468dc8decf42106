"""The level that a visit's facts bear out, by two of three elements or by time, with the reasons in sentences."""

from dataclasses import dataclass

from liaison.engines.evaluation.facts import Facts
from liaison.engines.evaluation.families import Family
from liaison.engines.evaluation.table import DATA, PROBLEMS, RISKS, Level

# Where the guideline's table has other words than the level as a whole
_WORDS = {
    ("Problems", Level.STRAIGHTFORWARD): "minimal",
    ("Data", Level.STRAIGHTFORWARD): "minimal",
    ("Data", Level.LOW): "limited",
    ("Data", Level.HIGH): "extensive",
    ("Risk", Level.STRAIGHTFORWARD): "minimal",
}


@dataclass(frozen=True, slots=True)
class Element:
    """One of the three: problems, data or risk, the level that it reaches, and by what."""

    name: str
    level: Level
    reasons: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """`Problems: moderate, by 2 stable chronic illnesses.`"""
        by = f", by {'; '.join(self.reasons)}" if self.reasons else ""
        return f"{self.name}: {_WORDS.get((self.name, self.level), self.level.words)}{by}."


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What the facts of a visit come to, `by` decision or time; `by_time` is None where time reaches nothing."""

    family: Family
    level: Level
    code: str
    by: str
    elements: tuple[Element, Element, Element]
    decision: Level
    by_time: Level | None
    reasons: tuple[str, ...]


def evaluate(family: Family, facts: Facts) -> Evaluation:
    """The level of a visit: the higher one of decision making (two of three elements) and the provider's time."""
    elements = (_problems(facts), _data(facts), _risk(facts))
    decision = sorted(element.level for element in elements)[1]
    timed = _by_time(family, facts.minutes)
    level = max(decision, timed or Level.STRAIGHTFORWARD)
    by = "time" if timed is not None and timed > decision else "decision"
    reasons = [element.sentence for element in elements]
    reasons.append(f"Two of the three reach {decision.words}: {family.code(decision)}.")
    if facts.minutes is not None:
        reasons.append(_time_sentence(family, facts.minutes, timed, decision))
    return Evaluation(family, level, family.code(level), by, elements, decision, timed, tuple(reasons))


def _problems(facts: Facts) -> Element:
    found = [
        (level, f"{number} {several}" if number > 1 else one)
        for level, least, kind, one, several in PROBLEMS
        if (number := facts.problems.get(kind, 0)) >= least
    ]
    return _element("Problems", found)


def _data(facts: Facts) -> Element:
    return _element("Data", [(level, words) for level, holds, words in DATA if holds(facts)])


def _risk(facts: Facts) -> Element:
    return _element("Risk", [(level, words) for level, risk, words in RISKS if risk in facts.risks])


def _element(name: str, found: list[tuple[Level, str]]) -> Element:
    highest = max((level for level, _ in found), default=Level.STRAIGHTFORWARD)
    return Element(name, highest, tuple(words for level, words in found if level == highest))


def _by_time(family: Family, minutes: int | None) -> Level | None:
    if minutes is None:
        return None
    return max((step.level for step in family.steps if minutes >= step.minutes), default=None)


def _time_sentence(family: Family, minutes: int, timed: Level | None, decision: Level) -> str:
    if timed is None:
        return f"{minutes} minutes are fewer than the {family.steps[0].minutes} that {family.steps[0].code} asks for."
    step = family.steps[timed - Level.STRAIGHTFORWARD]
    more = "" if timed > decision else ", no more than decision making"
    return f"{minutes} minutes reach {step.code}, which asks for {step.minutes}{more}."
