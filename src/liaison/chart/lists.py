"""The chart's lists as they are kept up on its page: what may be added to each, and how a line of it ends."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from liaison.chart import actions, problems
from liaison.chart.models import Allergy, Condition, Medication
from liaison.people.typed import Typed
from liaison.record.actor import Actor

ALLERGY_KINDS = (
    ("medication", "medication"),
    ("food", "food"),
    ("environment", "environment"),
    ("biologic", "biologic"),
)
DANGERS = (("", "not said"), ("low", "low"), ("high", "high: may be life-threatening"))


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of the chart: its rows, the fields of a new line, and the actions that add and end one."""

    model: type[Condition | Allergy | Medication]
    capability: str
    fields: tuple[str, ...]
    add: Callable[[Actor, UUID, Typed], Any]
    end: Callable[[Actor, UUID, str], Any]
    added: str
    ended: str


def _add_problem(actor: Actor, patient_id: UUID, form: Typed) -> Condition:
    return problems.add_problem(actor, patient_id, code=form.text("code"), onset=form.day("onset"))


def _add_allergy(actor: Actor, patient_id: UUID, form: Typed) -> Allergy:
    return actions.add_allergy(
        actor,
        patient_id,
        display=form.text("display"),
        reaction=form.text("reaction"),
        category=_one_of(form.text("category"), ALLERGY_KINDS),
        criticality=_one_of(form.text("criticality"), DANGERS),
    )


def _add_medication(actor: Actor, patient_id: UUID, form: Typed) -> Medication:
    return actions.add_medication(actor, patient_id, display=form.text("display"), dosage=form.text("dosage"))


def _one_of(value: str, choices: tuple[tuple[str, str], ...]) -> str:
    return value if value in {key for key, _ in choices} else ""


LISTS: Mapping[str, ListOf] = {
    "condition": ListOf(
        Condition, "chart.diagnose", ("code", "onset"), _add_problem, problems.resolve_problem,
        "The problem is on the list.", "The problem is past.",
    ),
    "allergy": ListOf(
        Allergy, "chart.review", ("display", "reaction", "category", "criticality"), _add_allergy, problems.end_allergy,
        "The allergy is on the list.", "The allergy is off the list.",
    ),
    "medication": ListOf(
        Medication, "chart.review", ("display", "dosage"), _add_medication, actions.stop_medication,
        "The medication is on the list.", "The medication is stopped.",
    ),
}  # fmt: skip
