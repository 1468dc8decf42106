"""Benefit rules as data: `rules.json`, read once into these shapes. Money in cents, shares in whole percent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from liaison.engines.x12 import Address


@dataclass(frozen=True, slots=True)
class Plan:
    """What a member pays: the yearly deductible, a copayment an office visit, a share of the rest."""

    code: str
    name: str
    deductible_cents: int
    copay_cents: int
    coinsurance_percent: int
    copay_from_age: int = 0


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

    def plan_of(self, group_number: str, group_name: str) -> Plan:
        """The plan that the claim's group names by code or name, else the payer's usual one."""
        for plan in self.plans.values():
            if plan.code == group_number or plan.name.casefold() == group_name.casefold():
                return plan
        return self.plans[self.default_plan]


@dataclass(frozen=True, slots=True)
class Rules:
    """All payers, and the codes that every plan treats as office visits or as free prevention."""

    payers: Mapping[str, Payer]
    office_visit_codes: frozenset[str]
    preventive_codes: frozenset[str]
    seed: int = 0


def load_rules(seed: int = 0, text: str | None = None) -> Rules:
    """The packaged rules, or those of `text`; `seed` chooses who is denied for want of information."""
    if text is None:
        text = resources.files("sandbox_payer").joinpath("rules.json").read_text(encoding="utf-8")
    data = json.loads(text)
    payers = {}
    for row in data["payers"]:
        plans = {code: Plan(code=code, **plan) for code, plan in row["plans"].items()}
        facts = {
            **row,
            "address": Address(*row["address"]),
            "not_covered": frozenset(row["not_covered"]),
            "plans": plans,
        }
        payers[row["id"]] = Payer(**facts)
    return Rules(payers, frozenset(data["office_visit_codes"]), frozenset(data["preventive_codes"]), seed)
