"""The form of a visit's level: its facts, as the card shows them and as they are sent."""

from collections.abc import Iterable
from typing import Any

from django.http import QueryDict

from liaison.billing.queries.coding import Coding
from liaison.billing.queries.done import VISIT
from liaison.billing.queries.leveling import leveling_of
from liaison.engines.evaluation import Facts, NotFacts, Problem, Risk, evaluate
from liaison.engines.evaluation.table import RISKS
from liaison.kernel.errors import Invalid
from liaison.people.typed import Typed

_PROBLEMS = (
    (Problem.MINOR, "Minor or self-limited"),
    (Problem.STABLE_CHRONIC, "Chronic, stable"),
    (Problem.STABLE_ACUTE, "Acute, stable"),
    (Problem.ACUTE, "Acute, uncomplicated"),
    (Problem.WORSE_CHRONIC, "Chronic, worse or not at its goal"),
    (Problem.UNDIAGNOSED, "New, outcome uncertain"),
    (Problem.SYSTEMIC, "Acute, systemic symptoms"),
    (Problem.COMPLICATED_INJURY, "Complicated injury"),
    (Problem.SEVERE_CHRONIC, "Chronic, severely worse"),
    (Problem.THREAT, "Threat to life or function"),
)
_DATA = (("notes", "Notes of others reviewed"), ("results", "Results reviewed"), ("orders", "Tests ordered"))
_MARKS = (
    ("historian", "An independent historian was needed"),
    ("interpretation", "A test interpreted here, not charged for"),
    ("discussion", "Discussed with another professional"),
)


def level_context(found: Coding, form: Typed) -> dict[str, Any]:
    """What the level's card shows; nothing for a visit whose evaluation has no levels."""
    charge = next((one for one in found.charges if one.source == VISIT), None)
    leveling = leveling_of(found.encounter, charge.code, found.diagnoses) if charge else None
    if charge is None or leveling is None:
        return {"leveling": None, "decided": False}
    facts = form.values.get("facts") or leveling.proposed.facts
    minutes = "" if facts.minutes is None else str(facts.minutes)
    form.values.setdefault("minutes", minutes)
    decided = leveling.decided if leveling.decided and leveling.decided.code else None
    form.values.setdefault("level", decided.code if decided else "")
    form.values.setdefault("word", decided.word if decided else "")
    return {
        "leveling": leveling,
        "evaluation": evaluate(leveling.family, facts),
        "why": leveling.proposed.reasons,
        "decided": decided,
        "level_open": charge.status == charge.Status.OPEN,
        "levels": [("", "as worked out"), *((code, code) for code in leveling.family.codes)],
        **fields_of(facts),
    }


def fields_of(facts: Facts) -> dict[str, Any]:
    """The facts as the form shows them."""
    return {
        "problems": [(kind.value, words, facts.problems.get(kind, 0)) for kind, words in _PROBLEMS],
        "data": [(name, words, getattr(facts, name)) for name, words in _DATA],
        "marks": [(name, words, getattr(facts, name)) for name, words in _MARKS],
        "risks": [(risk.value, words[0].upper() + words[1:], risk in facts.risks) for _, risk, words in RISKS],
    }


def facts_sent(data: QueryDict) -> Facts:
    """The facts of a form. Raises Invalid."""
    stored: dict[str, Any] = {name: data.get(name) or 0 for name, _ in _DATA}
    stored |= {name: data.get(name) == "yes" for name, _ in _MARKS}
    stored["problems"] = {kind.value: data.get(f"problem-{kind.value}") or 0 for kind, _ in _PROBLEMS}
    stored["risks"] = _known(data.getlist("risks"))
    stored["minutes"] = data.get("minutes", "").strip() or None
    try:
        return Facts.from_json(stored)
    except NotFacts:
        wrong = "minutes" if not _is_minutes(data.get("minutes", "").strip()) else "facts"
        raise Invalid("bad-facts", "Write whole numbers: up to 99 of a thing, and minutes of one day.", wrong)


def _known(risks: Iterable[str]) -> list[str]:
    known = {risk.value for risk in Risk}
    return [risk for risk in risks if risk in known]


def _is_minutes(text: str) -> bool:
    return not text or (text.isdecimal() and int(text[:6]) <= 1440)
