"""The questions before a vaccine: which are asked for whom, and what the answers mean for which vaccine."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from liaison.immunize.queries.due import groups_of
from liaison.immunize.rules import SCREENING, Age, fits, rule

YES, NO, UNKNOWN = "yes", "no", "unknown"
STOP, WARN, NOTE = "stop", "warn", "note"
_GRAVITY = {STOP: 0, WARN: 1, NOTE: 2}


@dataclass(frozen=True, slots=True)
class Question:
    """One question, in English and Spanish, with what a yes means."""

    key: str
    text: str
    spanish: str
    effects: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What an answer means: `level` stop, warn or note; for which of the planned vaccines, by CVX."""

    question: str
    level: str
    sentence: str
    cvxs: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether it holds the needle until somebody has decided."""
        return self.level != NOTE


def questions(cvxs: Collection[str], age: Age, sex: str) -> list[Question]:
    """The questions for the vaccines that are planned, each once, in the document's order."""
    body, _ = rule(SCREENING)
    groups = {group for cvx in cvxs for group in groups_of(cvx)}
    return [
        Question(one["key"], one["text"], one.get("es", ""), tuple(one["effects"]))
        for one in body["questions"]
        if cvxs and fits(one, age, sex) and ("groups" not in one or groups & set(one["groups"]))
    ]


def findings(asked: list[Question], answers: Mapping[str, str], cvxs: Collection[str]) -> list[Finding]:
    """What the answers mean for the planned vaccines, stops first. Not knowing is a reason to ask the provider."""
    live = frozenset(rule(SCREENING)[0]["live"])
    found: list[Finding] = []
    for question in asked:
        answer = answers.get(question.key, "")
        if answer not in (YES, UNKNOWN):
            continue
        for effect in question.effects:
            concerned = tuple(cvx for cvx in cvxs if _concerns(effect, cvx, live))
            level = effect["level"] if answer == YES else WARN
            if concerned and not (answer == UNKNOWN and effect["level"] == NOTE):
                said = effect["say"] if answer == YES else f"Not known. {effect['say']}"
                found.append(Finding(question.key, level, said, concerned))
    return sorted(found, key=lambda one: _GRAVITY[one.level])


def _concerns(effect: Mapping[str, Any], cvx: str, live: frozenset[str]) -> bool:
    if "cvx" in effect:
        return cvx in (live if effect["cvx"] == "live" else effect["cvx"])
    return "groups" not in effect or bool(set(groups_of(cvx)) & set(effect["groups"]))


def unanswered(asked: list[Question], answers: Mapping[str, str]) -> list[Question]:
    """The questions that nobody has answered."""
    return [one for one in asked if answers.get(one.key) not in (YES, NO, UNKNOWN)]
