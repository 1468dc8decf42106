"""The rooming protocol of a visit, as its visit type's document says."""

from typing import Any, TypedDict

from liaison.visits.models import Visit

SETTLED = ("done", "skipped")


class StepRule(TypedDict, total=False):
    """One step of a protocol. `kind`: reason, vitals, medications, allergies, history, questions, confirm."""

    key: str
    title: str
    kind: str
    measures: list[str]  # offered, in order
    required: list[str]  # without these the step is not done
    questions: list[dict[str, Any]]  # [{key, text, options: [{value, text}]}]
    positive: int  # a score from here on is told to the provider


_TITLES = {
    "reason": "Reason for visit",
    "vitals": "Vital signs",
    "medications": "Medications",
    "allergies": "Allergies",
    "history": "History",
    "questions": "Questions",
    "confirm": "Confirm",
}


def steps_of(visit: Visit) -> list[StepRule]:
    """The steps in order, each with key, kind and title."""
    if visit.protocol is None:
        return []
    return steps_in(visit.protocol.body)


def standing_diagnoses(visit: Visit) -> list[str]:
    """ICD-10-CM codes that may be chosen without an examination, where no provider sees the patient."""
    body = visit.protocol.body if visit.protocol else {}
    return [] if "provider" in body.get("roles", ["provider"]) else list(body.get("diagnoses", ()))


def steps_in(body: dict[str, Any]) -> list[StepRule]:
    """The steps of a visit type's document body."""
    found: list[StepRule] = []
    for rule in body.get("protocol", ()):
        kind = rule.get("kind", "confirm")
        kind = kind if kind in _TITLES else "confirm"
        step: StepRule = {**rule, "kind": kind, "key": rule["key"], "title": rule.get("title") or _TITLES[kind]}
        found.append(step)
    return found
