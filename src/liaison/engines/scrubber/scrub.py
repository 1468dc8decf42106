"""The check itself: what is built in, what the rules ask, what CMS's edits say."""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from liaison.engines.scrubber.facts import Facts, Finding, Line, Provider
from liaison.engines.scrubber.ncci import MODIFIERS, Edits, NoEdits, Pair
from liaison.engines.scrubber.rules import Rules, has
from liaison.engines.x12 import is_npi

MOST_DIAGNOSES, MOST_LINES = 12, 50
UNITS = ("ML", "UN", "GR", "ME", "F2")
_CLIA = re.compile(r"[0-9]{2}D[0-9]{7}")
_QUANTITY = re.compile(r"(?=.*[1-9])[0-9]{1,7}(\.[0-9]{1,3})?")
_NONE = NoEdits()


def scrub(facts: Facts, rules: Rules, edits: Edits = _NONE) -> list[Finding]:
    """What is to be mended, in the order in which a person would: claim, lines, rules, edits."""
    found = [*_parties(facts, rules), *_claim(facts, rules)]
    for number, line in enumerate(facts.lines, 1):
        found += _line(facts, line, number, rules)
    found += by_rules(facts, rules)
    if facts.lines:
        found += _pairs(facts, rules, edits)
        found += _limits(facts, rules, edits)
    return found


def _made(
    rules: Rules, check: str, sentence: str, mend: str, field: str = "", link: str = "claim", line: int = 0
) -> Iterator[Finding]:
    severity = rules.severity(check)
    if severity is not None:
        yield Finding(check, severity, sentence, mend, field, link, line)


def _parties(facts: Facts, rules: Rules) -> Iterator[Finding]:
    if not facts.member_id:
        yield from _made(
            rules, "member", "The coverage has no member ID.", "Add it from the insurance card.", "coverage", "coverage"
        )
    if not facts.payer:
        yield from _made(
            rules, "payer-id", f"{facts.payer_name} has no electronic payer ID.", "Add it to the payer's entry.",
            link="payer",
        )  # fmt: skip
    yield from _provider(rules, facts.rendering, "staff", "the staff entry")
    if not facts.rendering.taxonomy:
        said = f"{facts.rendering.name} has no taxonomy code."
        yield from _made(rules, "taxonomy", said, "Add it to the staff entry.", link="staff")
    if not facts.billing.npi or not facts.tax_id:
        said = "The practice's NPI or tax ID is missing."
        yield from _made(rules, "practice", said, "Add it to the practice's entry.", link="practice")
    elif not is_npi(facts.billing.npi):
        yield from _provider(rules, facts.billing, "practice", "the practice's entry")
    for role in ("referring", "ordering", "supervising"):
        provider: Provider | None = getattr(facts, role)
        if provider is not None:
            yield from _provider(rules, provider, "claim", "the claim", role)


def _provider(rules: Rules, provider: Provider, link: str, where: str, role: str = "") -> Iterator[Finding]:
    if not provider.npi:
        yield from _made(rules, "npi", f"{provider.name} has no NPI.", f"Add it to {where}.", role, link)
    elif not is_npi(provider.npi):
        said = f"The NPI of {provider.name} is not valid: its last digit does not check the others."
        yield from _made(rules, "npi", said, f"Correct it in {where}.", role, link)


def _claim(facts: Facts, rules: Rules) -> Iterator[Finding]:
    if not facts.diagnoses:
        said = "There is no diagnosis."
        yield from _made(rules, "diagnosis", said, "Ask the provider to add one to the visit.", "diagnoses", "coding")
    elif len(facts.diagnoses) > MOST_DIAGNOSES:
        said = f"The claim has {len(facts.diagnoses)} diagnoses and carries {MOST_DIAGNOSES}."
        yield from _made(rules, "diagnosis", said, "Choose the most important ones.", "diagnoses")
    if len(facts.lines) > MOST_LINES:
        said = f"The claim has {len(facts.lines)} lines and carries {MOST_LINES}."
        yield from _made(rules, "lines", said, "Put the rest on a claim of their own.", link="coding")
    if facts.frequency in ("7", "8") and not facts.original_number:
        said = "The claim replaces another, and the payer's number of that one is missing."
        yield from _made(rules, "original", said, "Add it from the payer's answer.", "original_number")
    last = file_by(facts.day, rules.timely_filing_days)
    if last is not None and facts.frequency == "1" and (facts.first_sent or facts.today) > last:
        said = f"{facts.payer_name} takes claims for {rules.timely_filing_days} days, until {_said(last)}."
        yield from _made(rules, "timely", said, "Let it pass with the reason why it is taken late, or write it off.")


def file_by(day: date, days: int) -> date | None:
    """The last day on which a claim for a service is taken; None without a limit."""
    return day + timedelta(days=days) if days > 0 else None


def _line(facts: Facts, line: Line, number: int, rules: Rules) -> Iterator[Finding]:
    if not line.cents and "SL" not in line.modifiers:  # SL: a state programme paid for the vaccine
        said = f"{line.code} has no price."
        yield from _made(rules, "price", said, "Add it to the fee schedule, or set the charge.", "cents", line=number)
    if not line.pointers:
        said = f"{line.code} points to no diagnosis."
        yield from _made(rules, "pointer", said, "Say which one it was done for.", "pointers", "coding", number)
    if line.code in rules.clia or "QW" in line.modifiers:
        if not facts.clia:
            said = f"{line.code} is a laboratory test, and the site has no CLIA number."
            yield from _made(rules, "clia", said, "Add it to the site's entry.", "clia", "site", number)
        elif not _CLIA.fullmatch(facts.clia):
            said = "The site's CLIA number is not one: two digits, D and seven digits."
            yield from _made(rules, "clia-number", said, "Correct it in the site's entry.", "clia", "site", number)
    if line.drug and line.drug.ndc:
        yield from _drug(line, number, rules)
    elif line.code in rules.ndc:
        said = f"{line.code} is a drug, and its NDC is missing."
        yield from _made(rules, "ndc", said, "Add the eleven digits from the package.", f"drug-{number}", line=number)


def _drug(line: Line, number: int, rules: Rules) -> Iterator[Finding]:
    assert line.drug is not None
    digits = line.drug.ndc.replace("-", "")
    where = f"drug-{number}"
    if len(digits) != 11 or not digits.isdecimal():
        said = f"The NDC of {line.code} does not have eleven digits."
        yield from _made(rules, "ndc-form", said, "Write it as 5-4-2 digits, with a 0 before a short part.", where,
                         line=number)  # fmt: skip
    if line.drug.unit not in UNITS or not _QUANTITY.fullmatch(line.drug.quantity):
        said = f"The amount of {line.code} that was given is not complete."
        mend = f"Add how much and in what: {', '.join(UNITS)}."
        yield from _made(rules, "ndc-form", said, mend, where, line=number)


def by_rules(facts: Facts, rules: Rules) -> Iterator[Finding]:
    """What the rules alone find, without what is built in."""
    for rule in rules.rules:
        if not rule.when.of_claim(facts):
            continue
        if not rule.when.by_line:
            if not rule.needs or not all(has(need, facts, None) for need in rule.needs):
                yield Finding(rule.key, rule.severity, rule.say, rule.mend, rule.field, rule.link)
            continue
        for number, line in enumerate(facts.lines, 1):
            if rule.when.of_line(facts, line) and not (rule.needs and all(has(n, facts, line) for n in rule.needs)):
                said = rule.say.replace("{code}", line.code)
                yield Finding(rule.key, rule.severity, said, rule.mend, rule.field, rule.link, number)


def _pairs(facts: Facts, rules: Rules, edits: Edits) -> Iterator[Finding]:
    by_day: dict[date, list[tuple[int, Line]]] = defaultdict(list)
    for number, line in enumerate(facts.lines, 1):
        by_day[line.day].append((number, line))
    for day, lines in by_day.items():
        codes = list(dict.fromkeys(line.code for _, line in lines))
        if len(codes) < len(lines):
            yield from _twice(rules, lines)
        if len(codes) < 2:
            continue
        for pair in edits.pairs(codes, day):
            firsts = [(number, line) for number, line in lines if line.code == pair.first]
            for number, line in lines:
                if line.code == pair.second and not _apart(pair, line, firsts):
                    yield from _pair_found(rules, pair, number)


def _twice(rules: Rules, lines: list[tuple[int, Line]]) -> Iterator[Finding]:
    seen: set[tuple[str, tuple[str, ...]]] = set()
    for number, line in lines:
        if (line.code, line.modifiers) in seen:
            said = f"{line.code} stands twice on the same day."
            mend = (
                "Put both into one line with units, or add a modifier that tells them apart (76, 77, 91, 59, RT, LT)."
            )
            yield from _made(rules, "same-twice", said, mend, f"modifiers-{number}", line=number)
        seen.add((line.code, line.modifiers))


def _apart(pair: Pair, second: Line, firsts: list[tuple[int, Line]]) -> bool:
    """Whether a modifier that says so tells the two services apart (it stands on either)."""
    if pair.modifier != "1":
        return False
    return not MODIFIERS.isdisjoint(second.modifiers) or any(
        not MODIFIERS.isdisjoint(first.modifiers) for _, first in firsts
    )


def _pair_found(rules: Rules, pair: Pair, number: int) -> Iterator[Finding]:
    said = f"{pair.second} is not paid beside {pair.first} on the same day (NCCI)."
    mend = f"Take {pair.second} off; no modifier changes it."
    if pair.modifier == "1":
        mend = f"Take {pair.second} off, or add a modifier where they were apart: XS, XE, XP, XU, 59, RT, LT, 25."
    yield from _made(rules, "pairs", said, mend, f"modifiers-{number}", line=number)


def _limits(facts: Facts, rules: Rules, edits: Edits) -> Iterator[Finding]:
    codes = list(dict.fromkeys(line.code for line in facts.lines))
    limits = edits.limits(codes, facts.day)
    if not limits:
        return
    by_day: dict[tuple[str, date], int] = defaultdict(int)
    last: dict[tuple[str, date], int] = {}
    for number, line in enumerate(facts.lines, 1):
        by_day[line.code, line.day] += line.units
        last[line.code, line.day] = number
        limit = limits.get(line.code)
        if limit is not None and limit.by == "1" and line.units > limit.units:
            said = f"{line.code} has {line.units} units on a line; {limit.units} is the most (MUE)."
            mend = "Correct the units, or put what was apart on a line of its own with a modifier."
            yield from _made(rules, "units", said, mend, "units", "coding", number)
    for (code, day), units in by_day.items():
        limit = limits.get(code)
        if limit is None or limit.by == "1" or units <= limit.units:
            continue
        said = f"{code} has {units} units on {_said(day)}; {limit.units} is the most on a day (MUE)."
        usual = limit.by == "3"
        mend = "Correct the units, or let it pass where the chart shows more." if usual else "Correct the units."
        check = "units-usual" if usual else "units"
        yield from _made(rules, check, said, mend, "units", "coding", last[code, day])


def _said(day: date) -> str:
    return f"{day:%b} {day.day}, {day.year}"
