"""Benefit rules as data: `rules.json`, read once into these shapes. Money in cents, shares in whole percent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib import resources
from typing import Any

from dateutil.relativedelta import relativedelta

from liaison.engines.x12 import Address


@dataclass(frozen=True, slots=True)
class Plan:
    """What a member pays: the yearly deductible, a copayment an office visit, a share of the rest.

    `visit_limits` are visits a year by service type (EB03), `authorization` the service types that need one, `numbers`
    how the numbers of its members begin.
    """

    code: str
    name: str
    deductible_cents: int
    copay_cents: int
    coinsurance_percent: int
    copay_from_age: int = 0
    out_of_pocket_cents: int = 0
    urgent_copay_cents: int = 0
    visit_limits: Mapping[str, int] = field(default_factory=dict)
    authorization: tuple[str, ...] = ()
    needs_referral: bool = False
    numbers: tuple[str, ...] = ()

    def copay(self, born: date | None, day: date) -> int:
        """The copayment of an office visit in cents, which the young may be free of."""
        young = born is not None and relativedelta(day, born).years < self.copay_from_age
        return 0 if young else self.copay_cents


@dataclass(frozen=True, slots=True)
class Payer:
    """A payer with its plans. `member_ids` is the pattern of the numbers that it gave out.

    Allowed is `allowed_cents` of the code, else `allowed_percent` of the charge. `information_percent` of the claims
    are denied for want of information (CARC 16), chosen by their number and the seed.
    """

    id: str
    name: str
    tax_id: str
    filing_indicator: str
    address: Address
    phone: str
    member_ids: str
    timely_filing_days: int
    information_percent: int
    method: str
    allowed_percent: int
    allowed_cents: Mapping[str, int]
    not_covered: frozenset[str]
    plans: Mapping[str, Plan]
    default_plan: str

    def plan_of(self, id: str, group_number: str, group_name: str) -> Plan:
        """The plan that the claim's group names by code or name, else the one of such numbers, else the usual one."""
        for plan in self.plans.values():
            if plan.code == group_number or plan.name.casefold() == group_name.casefold():
                return plan
        of_number = (plan for plan in self.plans.values() if plan.numbers and id.startswith(plan.numbers))
        return next(of_number, self.plans[self.default_plan])


@dataclass(frozen=True, slots=True)
class Dependent:
    """Somebody insured by a member; `relationship` as on a claim."""

    given: str
    birth_date: date
    sex: str
    relationship: str


@dataclass(frozen=True, slots=True)
class Member:
    """A member in the payers' book. `other` is the payer that comes first, with the member's number there."""

    id: str
    payer: str
    plan: str
    family: str
    given: str
    birth_date: date
    sex: str
    begin: date
    end: date | None = None
    group: str = ""
    dependents: tuple[Dependent, ...] = ()
    primary_care: tuple[str, str, str] | None = None
    other: tuple[str, str] | None = None
    visits_used: Mapping[str, int] = field(default_factory=dict)

    def is_active(self, day: date) -> bool:
        return self.begin <= day and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class Rules:
    """All payers and their book of members, and the codes that every plan treats alike.

    `authorized` gives the service type of procedures that may need an authorization. Whoever is not in the book is an
    active member, with the plan of such numbers, but for those that end as `rejected_endings` (AAA03) or
    `inactive_ending` say; `moved_ending` is of who was moved to the payer's usual plan since the card was printed.
    """

    payers: Mapping[str, Payer]
    office_visit_codes: frozenset[str]
    preventive_codes: frozenset[str]
    members: Mapping[str, Member] = field(default_factory=dict)
    authorized: Mapping[str, str] = field(default_factory=dict)
    rejected_endings: Mapping[str, str] = field(default_factory=dict)
    inactive_ending: str = ""
    moved_ending: str = ""
    seed: int = 0

    def member(self, payer: str, id: str) -> Member | None:
        """Who is in the book under this number at this payer."""
        found = self.members.get(id)
        return found if found is not None and found.payer == payer else None

    def is_active(self, payer: str, id: str, day: date) -> bool:
        member = self.member(payer, id)
        if member is not None:
            return member.is_active(day)
        return not (self.inactive_ending and id.endswith(self.inactive_ending))

    def plan_of(self, payer: Payer, id: str, group_number: str, group_name: str = "") -> Plan:
        """The member's plan: by the book, by the ending of who was moved to the usual plan, or by group and number."""
        if member := self.member(payer.id, id):
            return payer.plans[member.plan]
        if self.moved_ending and id.endswith(self.moved_ending):
            return payer.plans[payer.default_plan]
        return payer.plan_of(id, group_number, group_name)


def load_rules(seed: int = 0, text: str | None = None) -> Rules:
    """The packaged rules, or those of `text`; `seed` chooses who is denied for want of information."""
    if text is None:
        text = resources.files("sandbox_payer").joinpath("rules.json").read_text(encoding="utf-8")
    data = json.loads(text)
    return Rules(
        payers={row["id"]: _payer(row) for row in data["payers"]},
        office_visit_codes=frozenset(data["office_visit_codes"]),
        preventive_codes=frozenset(data["preventive_codes"]),
        members={row["id"]: _member(row) for row in data.get("members", [])},
        authorized=data.get("authorized", {}),
        rejected_endings=data.get("rejected_endings", {}),
        inactive_ending=data.get("inactive_ending", ""),
        moved_ending=data.get("moved_ending", ""),
        seed=seed,
    )


def _payer(row: dict[str, Any]) -> Payer:
    plans = {
        code: Plan(code, **{**plan, **{key: tuple(plan.get(key, ())) for key in ("authorization", "numbers")}})
        for code, plan in row["plans"].items()
    }
    address, not_covered = Address(*row["address"]), frozenset(row["not_covered"])
    facts: dict[str, Any] = {**row, "address": address, "not_covered": not_covered, "plans": plans}
    return Payer(**facts)


def _member(row: dict[str, Any]) -> Member:
    facts = dict(row)
    for name in ("birth_date", "begin", "end"):
        if name in row:
            facts[name] = date.fromisoformat(row[name])
    for name in ("primary_care", "other"):
        if name in row:
            facts[name] = tuple(row[name])
    facts["dependents"] = tuple(
        Dependent(each["given"], date.fromisoformat(each["birth_date"]), each["sex"], each["relationship"])
        for each in row.get("dependents", [])
    )
    return Member(**facts)
