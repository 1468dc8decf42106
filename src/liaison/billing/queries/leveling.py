"""The level of a visit's evaluation as the record bears it out, for a person to decide."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from liaison.billing.models import VisitCoding
from liaison.chart.models import Condition, Encounter, Medication, Observation, Procedure
from liaison.engines.evaluation import Evaluation, Facts, Family, Problem, Risk, evaluate, family_of, problem_of
from liaison.orders.models import Order
from liaison.orders.queries import Offered, catalog

_TESTS = ("lab", "point-of-care", "imaging")  # what is ordered and is charged by whoever reads it
_MILD = (Problem.MINOR,)
_WORDS = {
    Problem.MINOR: "minor or self-limited", Problem.STABLE_CHRONIC: "chronic, taken as stable",
    Problem.STABLE_ACUTE: "acute, stable", Problem.ACUTE: "acute, uncomplicated",
    Problem.WORSE_CHRONIC: "chronic, worse or not at its goal", Problem.UNDIAGNOSED: "new, without a diagnosis",
    Problem.SYSTEMIC: "acute with systemic symptoms", Problem.COMPLICATED_INJURY: "a complicated injury",
    Problem.SEVERE_CHRONIC: "chronic, severely worse", Problem.THREAT: "a threat to life or bodily function",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Proposed:
    """What the record of a visit shows for its level, why, and what it comes to."""

    facts: Facts
    reasons: tuple[str, ...]
    evaluation: Evaluation


@dataclass(frozen=True, slots=True)
class Leveling:
    """The level of a visit: its family, what is proposed, and what was decided, if anything."""

    family: Family
    proposed: Proposed
    decided: VisitCoding | None


def leveling_of(encounter: Encounter, code: str, diagnoses: Sequence[Condition]) -> Leveling | None:
    """For whoever has opened the visit: its level by the evaluation `code` of its family; None where it has none.

    The facts that somebody gave, like the provider's minutes, stand before those of the record.
    """
    family = family_of(code)
    if family is None or code == family.staff:
        return None
    decided = VisitCoding.objects.select_related("decided_by").filter(encounter_id=encounter.pk).first()
    tests = Order.objects.filter(encounter_id=encounter.pk).exclude(status=Order.Status.REVOKED)
    found = [(one.category, one.display) for one in tests.order_by("ordered_at", "id")]
    facts, reasons = from_record(encounter, [(one.code, one.display) for one in diagnoses], found)
    if decided is not None and decided.facts:
        facts = Facts.from_json(decided.facts)
        reasons = ()
    return Leveling(family, Proposed(facts, reasons, evaluate(family, facts)), decided if decided else None)


def propose_level(
    encounter: Encounter, code: str, diagnoses: Iterable[tuple[str, str]], orders: Iterable[str], minutes: int | None
) -> Proposed | None:
    """The level while the provider still writes: by diagnoses (code, words) and orders (catalogue keys) that are picked
    and not yet saved, besides those of the visit."""
    family = family_of(code)
    if family is None:
        return None
    offered: dict[str, Offered] = {one.key: one for one in catalog()}
    picked = [(offered[key].category, offered[key].display) for key in orders if key in offered]
    placed = Order.objects.filter(encounter_id=encounter.pk).exclude(status=Order.Status.REVOKED)
    picked += [(one.category, one.display) for one in placed if one.key not in set(orders)]
    facts, reasons = from_record(encounter, list(diagnoses), picked)
    facts = replace(facts, minutes=minutes)
    return Proposed(facts, reasons, evaluate(family, facts))


def from_record(
    encounter: Encounter, diagnoses: Sequence[tuple[str, str]], orders: Sequence[tuple[str, str]]
) -> tuple[Facts, tuple[str, ...]]:
    """The facts of a visit and the reasons: problems by the diagnoses, data by tests ordered and results of others,
    risk by medications and procedures. The provider's time is nobody's but the provider's to say."""
    kinds = [(words, kind) for code, words in diagnoses if (kind := problem_of(code)) is not None]
    reasons = [f"{words}: {_WORDS[kind]}" for words, kind in kinds]
    tests = list(dict.fromkeys(words for category, words in orders if category in _TESTS))
    if tests:
        reasons.append(f"Ordered: {', '.join(tests)}")
    results = _results_of_others(encounter)
    if results:
        reasons.append(f"Results of others since the last visit: {', '.join(results)}")
    risks, why = _risks(encounter.pk, [kind for _, kind in kinds])
    counted = Counter(kind for _, kind in kinds)
    facts = Facts(counted, orders=min(99, len(tests)), results=min(99, len(results)), risks=frozenset(risks))
    return facts, (*reasons, *why)


def _results_of_others(encounter: Encounter) -> list[str]:
    """Laboratory results that came in from elsewhere between the last visit here and this one, each test once."""
    if encounter.starts_at is None:
        return []
    before = Encounter.objects.filter(patient_id=encounter.patient_id, here=True, starts_at__lt=encounter.starts_at)
    last = before.order_by("-starts_at").values_list("starts_at", flat=True).first()
    if last is None:
        return []
    found = Observation.objects.filter(
        patient_id=encounter.patient_id, category="laboratory", encounter=None, effective_at__gt=last,
        effective_at__lte=encounter.starts_at,
    )  # fmt: skip
    return list(dict.fromkeys(found.order_by("effective_at").values_list("display", flat=True)[:50]))


def _risks(encounter_id: UUID, kinds: Sequence[Problem]) -> tuple[list[Risk], list[str]]:
    drugs = Medication.objects.filter(encounter_id=encounter_id, reported=False).exclude(status="entered-in-error")
    names = list(drugs.order_by("created_at").values_list("display", flat=True)[:20])
    if names:
        return [Risk.PRESCRIPTION], [f"Prescribed or changed: {', '.join(names)}"]
    done = list(
        Procedure.objects.filter(encounter_id=encounter_id, status="completed").values_list("display", flat=True)[:20]
    )
    if done:
        return [Risk.LOW], [f"Done: {', '.join(done)}"]
    if any(kind not in _MILD for kind in kinds):
        return [Risk.LOW], ["Nothing in the record shows more than a low risk"]
    return [], []
