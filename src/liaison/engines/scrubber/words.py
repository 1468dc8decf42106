"""Rules in plain words: what each asks, of which kind it is, and what a person is told where the rule does not say."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Body = Mapping[str, Any]

# What a rule may need, as a sentence says it
NEEDED: Mapping[str, str] = {
    "authorization": "an authorization number",
    "referral": "a referral number",
    "referring": "the referring provider",
    "ordering": "the ordering provider",
    "supervising": "the supervising provider",
    "clia": "the site’s CLIA number",
    "ndc": "the NDC of the drug",
    "accident": "the kind and day of the accident",
    "note": "a note of what was done",
}
# What a rule may need by its value: `modifier:25`
VALUED: Mapping[str, str] = {
    "modifier": "modifier {}",
    "code": "{} on the same claim",
    "diagnosis": "a diagnosis of {}",
    "taxonomy": "a provider of taxonomy {}",
}
COVERAGES: Mapping[str, str] = {
    "commercial": "commercial plans",
    "medicare": "Medicare",
    "medicaid": "Medicaid",
    "tricare": "TRICARE",
    "workers-comp": "workers’ compensation",
    "auto": "car insurance",
    "other": "other coverage",
}
CHECKED: Mapping[str, str] = {
    "diagnosis": "A claim has a diagnosis, and no more than twelve",
    "pointer": "Each line points to a diagnosis",
    "price": "Each line has a price",
    "lines": "A claim has no more than fifty lines",
    "member": "The coverage has a member ID",
    "payer-id": "The payer has an electronic ID",
    "address": "The patient’s address is complete",
    "subscriber": "The subscriber’s name and birth date are there",
    "npi": "Each provider has an NPI, with its check digit right",
    "taxonomy": "The provider has a taxonomy code",
    "practice": "The practice has an NPI, a tax ID, an address and a telephone number",
    "original": "What replaces another claim has the payer’s number of that one",
    "timely": "The claim goes in time",
    "clia": "A laboratory test has the site’s CLIA number",
    "clia-number": "The CLIA number is one",
    "ndc": "A drug has its NDC",
    "ndc-form": "An NDC has eleven digits, and the amount its unit",
    "pairs": "No two codes that CMS pays only one of on a day (NCCI pairs)",
    "units": "No more units than CMS allows (MUE)",
    "units-usual": "No more units than CMS finds usual (MUE)",
    "same-twice": "No line stands twice on a day",
}
"""What is checked without a rule."""
KINDS = (
    "Authorization and referral", "Providers", "Laboratory", "Drugs", "Modifiers", "Units", "Timely filing",
    "Age and sex", "Place", "Codes", "Diagnoses", "Other",
)  # fmt: skip
_BY_NEED = {
    "authorization": "Authorization and referral", "referral": "Authorization and referral", "clia": "Laboratory",
    "ndc": "Drugs", "referring": "Providers", "ordering": "Providers", "supervising": "Providers",
    "taxonomy": "Providers", "modifier": "Modifiers",
}  # fmt: skip
_BY_TEST = (
    ("units_over", "Units"), ("days_over", "Timely filing"), ("age_from", "Age and sex"), ("age_to", "Age and sex"),
    ("sex", "Age and sex"), ("modifiers", "Modifiers"), ("without_modifiers", "Modifiers"), ("places", "Place"),
    ("codes", "Codes"), ("with_codes", "Codes"), ("diagnoses", "Diagnoses"),
)  # fmt: skip
_FIELD_BY_NEED = {name: name for name in ("authorization", "referral", "referring", "ordering", "supervising",
                                          "accident", "note", "clia")} | {
    "ndc": "drug", "modifier": "modifiers", "diagnosis": "diagnoses"}  # fmt: skip
_MENDED = {
    "authorization": "Add the number of the authorization.",
    "referral": "Add the number of the referral.",
    "referring": "Add the referring provider.",
    "ordering": "Add the ordering provider.",
    "supervising": "Add the supervising provider.",
    "clia": "Add it to the site’s entry.",
    "ndc": "Add the eleven digits from the package.",
    "accident": "Say what kind of accident it was and when.",
    "note": "Write in the note what was done.",
}
_FREQUENCIES = {"1": "first claims", "7": "replacements", "8": "voids"}
_PLACES_IN_ORDER = {"P": "first", "S": "second", "T": "third"}


def kind(rule: Body) -> str:
    """The kind under which a rule is listed: what it needs, else what it asks."""
    for need in rule.get("needs", ()):
        if found := _BY_NEED.get(need.partition(":")[0]):
            return found
    when = rule.get("when", {})
    return next((found for test, found in _BY_TEST if when.get(test) not in (None, "", [])), KINDS[-1])


def told(rule: Body) -> str:
    """What a rule asks, in a sentence: when it looks, and what must then be there."""
    conditions = list(_conditions(rule.get("when", {})))
    head = ", ".join(conditions) or "every claim"
    needs = rule.get("needs", ())
    then = f"needs {needed(needs)}" if needs else "is not right"
    return f"{head[:1].upper()}{head[1:]}: {then}."


def needed(needs: Sequence[str]) -> str:
    """What a rule needs, in words with “and” between."""
    return _list([_need(one) for one in needs], "and")


def sentence(rule: Body) -> str:
    """What a person is told where the rule's author wrote nothing; `{code}` is the line's code."""
    when, needs = rule.get("when", {}), rule.get("needs", ())
    subject = "{code}" if by_line(when) else "The claim"
    if needs:
        return f"{subject} needs {needed(needs)}."
    rest = {name: value for name, value in when.items() if name != "codes"}
    why = ", ".join(_conditions(rest))
    return f"{subject} is not paid {why}." if why else f"{subject} is not paid."


def mending(rule: Body) -> str:
    """How it is mended, where the rule's author wrote nothing."""
    needs = rule.get("needs", ())
    if not needs:
        return "Correct the claim, or ask the payer."
    name, _, value = needs[0].partition(":")
    return _MENDED.get(name, f"Add {VALUED.get(name, '{}').format(value)}, where it is true.")


def field(rule: Body) -> str:
    """The field where it is mended: of what it needs, else of what it asks; empty where that is none."""
    for need in rule.get("needs", ()):
        if found := _FIELD_BY_NEED.get(need.partition(":")[0]):
            return found
    when = rule.get("when", {})
    asked = (("units_over", "units"), ("modifiers", "modifiers"), ("without_modifiers", "modifiers"),
             ("diagnoses", "diagnoses"))  # fmt: skip
    return next((found for test, found in asked if when.get(test)), "")


def by_line(when: Body) -> bool:
    """Whether conditions ask something of a line, and not of the claim as a whole."""
    return bool(when.get("codes") or when.get("modifiers") or when.get("without_modifiers") or when.get("units_over"))


def _need(need: str) -> str:
    name, _, value = need.partition(":")
    return NEEDED.get(name) or VALUED.get(name, "{}").format(value)


def _conditions(when: Body) -> Iterator[str]:
    if codes := when.get("codes"):
        yield _list([_code(one) for one in codes], "or")
    if codes := when.get("with_codes"):
        yield f"beside {_list([_code(one) for one in codes], 'or')}"
    if found := when.get("modifiers"):
        yield f"with modifier {_list(found, 'or')}"
    if found := when.get("without_modifiers"):
        yield f"without modifier {_list(found, 'or')}"
    if (units := when.get("units_over")) is not None:
        yield f"with more than {units} units"
    yield from _who(when)
    if found := when.get("diagnoses"):
        yield f"for diagnoses of {_list(found, 'or')}"
    if found := when.get("without_diagnoses"):
        yield f"without a diagnosis of {_list(found, 'or')}"
    if found := when.get("places"):
        yield f"at place of service {_list(found, 'or')}"
    yield from _claim(when)


def _who(when: Body) -> Iterator[str]:
    low, high = when.get("age_from"), when.get("age_to")
    if low is not None and high is not None:
        yield f"for patients from {low} to {high} years"
    elif low is not None:
        yield f"for patients of {low} years and older"
    elif high is not None:
        yield "for patients up to 1 year" if high == 1 else f"for patients up to {high} years"
    if sex := when.get("sex"):
        yield "for women" if sex == "F" else "for men"


def _claim(when: Body) -> Iterator[str]:
    if found := when.get("coverages"):
        yield f"to {_list([COVERAGES.get(one, one) for one in found], 'or')}"
    if found := when.get("payers"):
        yield f"to payer {_list(found, 'or')}"
    if (days := when.get("days_over")) is not None:
        yield f"more than {days} days after the service"
    if found := when.get("frequencies"):
        yield f"on {_list([_FREQUENCIES.get(one, one) for one in found], 'or')}"
    if found := when.get("responsibilities"):
        yield f"as the {_list([_PLACES_IN_ORDER.get(one, one) for one in found], 'or')} payer"


def _code(written: str) -> str:
    if written.endswith("*"):
        return f"{written[:-1]}…"
    first, _, last = written.partition("-")
    return f"{first} to {last}" if last else first


def _list(words: Sequence[str], join: str) -> str:
    return f" {join} ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else list(words))
