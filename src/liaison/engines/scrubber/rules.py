"""Rule documents, made ready: what is checked for whom, how grave it is, and what a person is told.

A body holds `timely_filing_days`, `checks` (the severity of each check that is built in: stop, warn or off), `clia` and
`ndc` (for which codes), and `rules`. A rule: `key`, `severity`, `when` (conditions, all of which must hold), `needs`
(what must then be there; without it the conditions alone are the fault), `say`, `mend`, `field`, `link`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from liaison.engines.scrubber.facts import Facts, Line, Severity

# What is checked without a rule, with the severity it has where a document says nothing
CHECKS: Mapping[str, str] = {
    "diagnosis": "stop", "pointer": "stop", "price": "stop", "member": "stop", "payer-id": "stop", "address": "stop",
    "subscriber": "stop", "npi": "stop", "taxonomy": "stop", "practice": "stop", "original": "stop", "timely": "warn",
    "clia": "warn", "clia-number": "stop", "ndc": "warn", "ndc-form": "stop", "pairs": "stop", "units": "stop",
    "units-usual": "warn", "same-twice": "warn", "lines": "stop",
}  # fmt: skip
NEEDS: Mapping[str, Callable[[Facts, Line | None], bool]] = {
    "authorization": lambda facts, line: bool(facts.authorization),
    "referral": lambda facts, line: bool(facts.referral),
    "referring": lambda facts, line: facts.referring is not None,
    "ordering": lambda facts, line: facts.ordering is not None,
    "supervising": lambda facts, line: facts.supervising is not None,
    "clia": lambda facts, line: bool(facts.clia),
    "accident": lambda facts, line: facts.has_accident,
    "note": lambda facts, line: bool(facts.note or (line and line.note)),
    "ndc": lambda facts, line: bool(line and line.drug and line.drug.ndc),
}
FIELDS = ("authorization", "referral", "referring", "ordering", "supervising", "accident", "note", "drug", "modifiers",
          "units", "diagnoses", "coverage", "clia", "")  # fmt: skip
LINKS = ("claim", "coding", "patient", "coverage", "staff", "practice", "site", "payer", "rules")
_CODES = re.compile(r"[0-9A-Z]{5}(-[0-9A-Z]{5})?|[0-9A-Z]{1,4}\*")
_TESTS = ("payers", "coverages", "codes", "age_from", "age_to", "sex", "places", "modifiers", "without_modifiers",
          "diagnoses", "without_diagnoses", "units_over", "days_over", "with_codes", "frequencies",
          "responsibilities")  # fmt: skip


class RuleFault(ValueError):
    """A rule document that cannot be used; `faults` are sentences."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults = list(faults)


class CodeSet:
    """Codes, ranges (`70551-70553`) and beginnings (`J*`) of codes."""

    def __init__(self, written: Sequence[str]) -> None:
        self._single = frozenset(one for one in written if len(one) == 5 and "*" not in one)
        self._ranges = [(one[:5], one[6:]) for one in written if len(one) == 11]
        self._heads = tuple(one[:-1] for one in written if one.endswith("*"))
        self._known: dict[str, bool] = {}

    def __contains__(self, code: object) -> bool:
        if not isinstance(code, str):
            return False
        found = self._known.get(code)
        if found is None:
            found = (
                code in self._single
                or (bool(self._heads) and code.startswith(self._heads))
                or any(first <= code <= last for first, last in self._ranges)
            )
            if len(self._known) < 50_000:
                self._known[code] = found
        return found


@dataclass(frozen=True, slots=True)
class When:
    """The conditions of a rule; what is None or empty is not asked."""

    payers: frozenset[str] = frozenset()
    coverages: frozenset[str] = frozenset()
    codes: CodeSet | None = None
    age_from: int | None = None
    age_to: int | None = None
    sex: str = ""
    places: frozenset[str] = frozenset()
    modifiers: frozenset[str] = frozenset()
    without_modifiers: frozenset[str] = frozenset()
    diagnoses: tuple[str, ...] = ()
    without_diagnoses: tuple[str, ...] = ()
    units_over: int | None = None
    days_over: int | None = None
    with_codes: CodeSet | None = None
    frequencies: frozenset[str] = frozenset()
    responsibilities: frozenset[str] = frozenset()

    @property
    def by_line(self) -> bool:
        """Whether it asks something of a line, and not of the claim as a whole."""
        return bool(self.codes or self.modifiers or self.without_modifiers or self.units_over is not None)

    def of_claim(self, facts: Facts) -> bool:
        """Whether what it asks of the claim holds."""
        return (
            (not self.payers or facts.payer in self.payers)
            and (not self.coverages or facts.coverage_kind in self.coverages)
            and (self.age_from is None or facts.age >= self.age_from)
            and (self.age_to is None or facts.age <= self.age_to)
            and (not self.sex or facts.sex == self.sex)
            and (not self.places or facts.place in self.places)
            and (self.days_over is None or (facts.today - facts.day).days > self.days_over)
            and (not self.frequencies or facts.frequency in self.frequencies)
            and (not self.responsibilities or facts.responsibility in self.responsibilities)
            and (self.with_codes is None or any(line.code in self.with_codes for line in facts.lines))
            and (self.by_line or self._diagnosed(facts.diagnoses))
        )

    def of_line(self, facts: Facts, line: Line) -> bool:
        """Whether what it asks of a line holds; diagnoses are those that the line points to."""
        pointed = [facts.diagnoses[place - 1] for place in line.pointers if 0 < place <= len(facts.diagnoses)]
        return (
            (self.codes is None or line.code in self.codes)
            and (not self.modifiers or not self.modifiers.isdisjoint(line.modifiers))
            and (not self.without_modifiers or self.without_modifiers.isdisjoint(line.modifiers))
            and (self.units_over is None or line.units > self.units_over)
            and self._diagnosed(pointed)
        )

    def _diagnosed(self, codes: Sequence[str]) -> bool:
        plain = [code.replace(".", "") for code in codes]
        if self.diagnoses and not any(code.startswith(self.diagnoses) for code in plain):
            return False
        return not (self.without_diagnoses and any(code.startswith(self.without_diagnoses) for code in plain))


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule, ready to be asked."""

    key: str
    severity: Severity
    when: When
    needs: tuple[str, ...]
    say: str
    mend: str
    field: str
    link: str


@dataclass(frozen=True, slots=True)
class Rules:
    """All that is checked for a payer."""

    rules: tuple[Rule, ...]
    checks: Mapping[str, str]
    clia: CodeSet
    ndc: CodeSet
    timely_filing_days: int

    def severity(self, check: str) -> Severity | None:
        """How grave a check that is built in is; None where it is off."""
        said = self.checks.get(check, CHECKS[check])
        return None if said == "off" else Severity(said)


def compile_rules(*bodies: Mapping[str, Any]) -> Rules:
    """Rules of one or more documents, later ones (of a payer) over earlier ones by key. Raises RuleFault."""
    wrong = [fault for body in bodies for fault in faults(body)]
    if wrong:
        raise RuleFault(wrong)
    rules: dict[str, Rule] = {}
    for body in bodies:
        for one in body.get("rules", ()):
            if one.get("severity") == "off":
                rules.pop(one["key"], None)
            else:
                rules[one["key"]] = _rule(one)
    last = {name: value for body in bodies for name, value in body.items()}
    return Rules(
        rules=tuple(rules.values()),
        checks={**CHECKS, **{name: said for body in bodies for name, said in body.get("checks", {}).items()}},
        clia=CodeSet(last.get("clia", ())),
        ndc=CodeSet(last.get("ndc", ())),
        timely_filing_days=int(last.get("timely_filing_days", 0)),
    )


def _rule(one: Mapping[str, Any]) -> Rule:
    when = one.get("when", {})
    return Rule(
        key=one["key"],
        severity=Severity(one.get("severity", "stop")),
        when=When(
            payers=frozenset(when.get("payers", ())),
            coverages=frozenset(when.get("coverages", ())),
            codes=CodeSet(when["codes"]) if when.get("codes") else None,
            age_from=when.get("age_from"),
            age_to=when.get("age_to"),
            sex=when.get("sex", ""),
            places=frozenset(when.get("places", ())),
            modifiers=frozenset(when.get("modifiers", ())),
            without_modifiers=frozenset(when.get("without_modifiers", ())),
            diagnoses=_prefixes(when.get("diagnoses", ())),
            without_diagnoses=_prefixes(when.get("without_diagnoses", ())),
            units_over=when.get("units_over"),
            days_over=when.get("days_over"),
            with_codes=CodeSet(when["with_codes"]) if when.get("with_codes") else None,
            frequencies=frozenset(when.get("frequencies", ())),
            responsibilities=frozenset(when.get("responsibilities", ())),
        ),
        needs=tuple(one.get("needs", ())),
        say=one["say"],
        mend=one.get("mend", ""),
        field=one.get("field", ""),
        link=one.get("link", "claim"),
    )


def _prefixes(codes: Sequence[str]) -> tuple[str, ...]:
    return tuple(code.replace(".", "") for code in codes)


def faults(body: Mapping[str, Any]) -> list[str]:
    """What is wrong with the body of a rule document, a sentence each; empty when it can be put in force."""
    found = [f"“{name}” is not known; a document says: {', '.join(_KNOWN)}." for name in body if name not in _KNOWN]
    for name, said in body.get("checks", {}).items():
        if name not in CHECKS or said not in ("stop", "warn", "off"):
            found.append(f"checks: “{name}: {said}” is not known. Write stop, warn or off for {', '.join(CHECKS)}.")
    for name in ("clia", "ndc"):
        found += [f"{name}: “{code}” is no code, range or beginning with *." for code in bad_codes(body.get(name, ()))]
    seen: set[str] = set()
    for number, one in enumerate(body.get("rules", ()), 1):
        where = f"rule {one.get('key') or number}"
        if not one.get("key") or one["key"] in seen:
            found.append(f"{where}: give each rule a key of its own.")
        seen.add(one.get("key", ""))
        if one.get("severity", "stop") not in ("stop", "warn", "off"):
            found.append(f"{where}: severity is stop, warn or off.")
        if not one.get("say") and one.get("severity") != "off":
            found.append(f"{where}: say in a sentence what is wrong.")
        if one.get("field", "") not in FIELDS or one.get("link", "claim") not in LINKS:
            found.append(f"{where}: field is one of {', '.join(FIELDS[:-1])}; link one of {', '.join(LINKS)}.")
        found += [f"{where}: “{need}” is nothing that can be needed." for need in _bad_needs(one.get("needs", ()))]
        when = one.get("when", {})
        found += [f"{where}: “{test}” is no condition." for test in when if test not in _TESTS]
        for name in ("codes", "with_codes"):
            found += [f"{where}: “{code}” is no code, range or beginning." for code in bad_codes(when.get(name, ()))]
        for name in ("age_from", "age_to", "units_over", "days_over"):
            if name in when and not isinstance(when[name], int):
                found.append(f"{where}: {name} is a whole number.")
    return found


_KNOWN = ("timely_filing_days", "ask_after_days", "ask_again_days", "checks", "clia", "ndc", "rules", "about")


_VALUED = ("modifier:", "diagnosis:", "code:", "taxonomy:")


def bad_codes(written: Sequence[str]) -> list[str]:
    """Those that are no code, no range of codes and no beginning with `*`."""
    return [str(one) for one in written if not (isinstance(one, str) and _CODES.fullmatch(one))]


def _bad_needs(needs: Sequence[str]) -> list[str]:
    return [one for one in needs if one not in NEEDS and not one.startswith(_VALUED)]


def has(need: str, facts: Facts, line: Line | None) -> bool:
    """Whether what a rule needs is there."""
    kind, _, value = need.partition(":")
    if kind == "modifier":
        return any(value in one.modifiers for one in ([line] if line else facts.lines))
    if kind == "diagnosis":
        return any(code.replace(".", "").startswith(value.replace(".", "")) for code in facts.diagnoses)
    if kind == "taxonomy":
        return facts.rendering.taxonomy.startswith(value)
    if kind == "code":
        return any(one.code == value for one in facts.lines)
    return NEEDS[need](facts, line)
