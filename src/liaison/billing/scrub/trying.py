"""A rule tried against real claims before it is in force: those that have no answer yet, and those of late."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from liaison.billing.models import Claim
from liaison.billing.scrub.facts import facts_of
from liaison.billing.scrub.rules import DEFAULT, key_of
from liaison.engines.scrubber import Facts, Finding, by_rules, compile_rules
from liaison.places.queries import practice as the_practice
from liaison.record.actor import Actor

DAYS = 90
MOST = 20_000
SHOWN = 200
S = Claim.Status
OPEN = (S.DRAFT, S.READY, S.SENT, S.ACCEPTED, S.REJECTED, S.DENIED)


@dataclass(frozen=True, slots=True)
class Stopped:
    """A claim that a rule would hold, and what it would say."""

    claim: Claim
    sentence: str


@dataclass(slots=True)
class Trial:
    """What a rule would do: `count` of `looked` claims would be held; `known` of them the rule in force holds too."""

    looked: int = 0
    count: int = 0
    known: int = 0
    stopped: list[Stopped] = field(default_factory=list)  # the newest, no more than SHOWN


def try_rule(
    actor: Actor, where: str, rule: Mapping[str, Any], today: date, before: Mapping[str, Any] | None = None
) -> Trial:
    """Which claims a rule of the document `where` would hold; `before` is the same rule as it is in force.

    Looks at the open claims and at those for services of the last 90 days, the newest 20,000. Restricted charts are
    left out for whoever may not open them. Raises RuleFault.
    """
    new = _finder(rule)
    old = _finder(before) if before and before.get("severity") != "off" else None
    practice, trial = the_practice(), Trial()
    for claim in _claims(actor, where, today):
        trial.looked += 1
        facts = facts_of(claim, practice, today)
        found = next(iter(new(facts)), None)
        if found is None:
            continue
        trial.count += 1
        trial.known += bool(old and any(True for _ in old(facts)))
        if len(trial.stopped) < SHOWN:
            trial.stopped.append(Stopped(claim, found.sentence))
    return trial


def _finder(rule: Mapping[str, Any]) -> Callable[[Facts], Iterable[Finding]]:
    rules = compile_rules({"rules": [{"key": "tried", **rule}]})
    return lambda facts: by_rules(facts, rules)


def _claims(actor: Actor, where: str, today: date) -> Iterable[Claim]:
    actor.require("billing.read")
    rows = Claim.objects.filter(Q(status__in=OPEN) | Q(service_date__gte=today - timedelta(days=DAYS)))
    if where != DEFAULT:
        codes = rows.order_by().values_list("payer__code", flat=True).distinct()
        rows = rows.filter(payer__code__in=[code for code in codes if key_of(code) == where])
    if not actor.may("people.restricted"):
        rows = rows.filter(patient__restricted=False)
    rows = rows.select_related("patient", "coverage", "payer", "provider", "site")
    return rows.order_by("-service_date", "-number")[:MOST].iterator(chunk_size=500)
