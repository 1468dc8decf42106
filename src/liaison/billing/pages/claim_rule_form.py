"""A rule of the scrubber as a form: its parts as a person types them, and back, each fault beside its field."""

import re
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from liaison.engines.scrubber import NEEDS, bad_codes, words
from liaison.kernel.errors import Invalid
from liaison.people.typed import Typed

_LISTS = ("codes", "with_codes", "modifiers", "without_modifiers", "diagnoses", "without_diagnoses", "places")
_NUMBERS = {"age_from": 130, "age_to": 130, "units_over": 9999, "days_over": 3650}
_VALUES = {"need_modifier": "modifier", "need_code": "code", "need_diagnosis": "diagnosis", "need_taxonomy": "taxonomy"}
FIELDS = ("where", "edition", "severity", "sex", "say", "mend", *_LISTS, *_NUMBERS, *_VALUES)
_ON_THE_FORM = {*_LISTS, *_NUMBERS, "sex", "coverages"}
_FORMS = {
    "modifiers": (re.compile(r"[0-9A-Z]{2}"), "A modifier has two letters or digits, like 25 or RT."),
    "without_modifiers": (re.compile(r"[0-9A-Z]{2}"), "A modifier has two letters or digits, like 25 or RT."),
    "diagnoses": (re.compile(r"[A-Z][0-9A-Z.]{0,7}"), "Type ICD-10-CM codes or how they begin, like E11 or S93.4."),
    "without_diagnoses": (re.compile(r"[A-Z][0-9A-Z.]{0,7}"), "Type ICD-10-CM codes or how they begin, like E11."),
    "places": (re.compile(r"[0-9]{2}"), "A place of service has two digits, like 11 for the office."),
    "need_modifier": (re.compile(r"[0-9A-Z]{2}"), "A modifier has two letters or digits, like 25 or RT."),
    "need_code": (re.compile(r"[0-9A-Z]{5}"), "A code has five characters, like 90471."),
    "need_diagnosis": (re.compile(r"[A-Z][0-9A-Z.]{0,7}"), "Type how the diagnosis begins, like Z23."),
    "need_taxonomy": (re.compile(r"[0-9A-Z]{2,10}"), "Type how the taxonomy code begins, like 207Q."),
}
_BAD_CODE = "“{}” is no code, no range like 70551-70553, and no beginning like J*."


def typed_from(rule: Mapping[str, Any]) -> dict[str, Any]:
    """What the form shows of a rule that there is."""
    when = rule.get("when", {})
    values: dict[str, Any] = {name: " ".join(when.get(name, ())) for name in _LISTS}
    values |= {name: "" if when.get(name) is None else str(when[name]) for name in _NUMBERS}
    values |= {name: rule.get(name, "") for name in ("say", "mend")}
    values |= {"severity": rule.get("severity", "stop"), "sex": when.get("sex", "")}
    values |= {"needs": [one for one in rule.get("needs", ()) if one in NEEDS], "coverages": when.get("coverages", [])}
    for name, kind in _VALUES.items():
        values[name] = next((one[len(kind) + 1 :] for one in rule.get("needs", ()) if one.startswith(f"{kind}:")), "")
    return values


def typed_in(data: QueryDict) -> Typed:
    """What was sent."""
    form = Typed.sent(data, FIELDS)
    form.values["needs"] = [one for one in data.getlist("needs") if one in NEEDS]
    form.values["coverages"] = [one for one in data.getlist("coverages") if one in words.COVERAGES]
    return form


def rule_from(form: Typed, base: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The rule that was typed. What the form does not show stays as `base` has it. Raises Invalid."""
    base = base or {}
    when = {name: value for name, value in base.get("when", {}).items() if name not in _ON_THE_FORM}
    for name in _LISTS:
        if found := _list(form, name):
            when[name] = found
    for name, most in _NUMBERS.items():
        if (number := form.number(name, most)) is not None:
            when[name] = number
    if when.get("age_from", 0) > when.get("age_to", 130):
        raise Invalid("bad-ages", "The first age is not above the last.", "age_to")
    if form.text("sex") in ("F", "M"):
        when["sex"] = form.text("sex")
    if form.values["coverages"]:
        when["coverages"] = form.values["coverages"]
    severity = form.text("severity")
    if severity not in ("stop", "warn", "off"):
        raise Invalid("no-severity", "Choose what the rule does.", "severity")
    rule = {**base, "severity": severity, "when": when, "needs": _needs(form, base)}
    if not when and not rule["needs"]:
        raise Invalid(
            "no-condition", "Say when the rule looks, or what a claim needs; it would stop every one.", "codes"
        )
    rule["say"] = form.text("say")[:200] or words.sentence(rule)
    rule["mend"] = form.text("mend")[:200] or words.mending(rule)
    if not base or words.field(base) != words.field(rule):
        rule["field"] = words.field(rule)
    return {name: value for name, value in rule.items() if value or name == "when"}


def _list(form: Typed, name: str) -> list[str]:
    found = form.text(name).upper().replace(",", " ").replace(";", " ").split()
    if name in ("codes", "with_codes"):
        if wrong := bad_codes(found):
            raise Invalid("bad-code", _BAD_CODE.format(wrong[0][:20]), name)
    else:
        shape, sentence = _FORMS[name]
        if not all(shape.fullmatch(one) for one in found):
            raise Invalid("bad-value", sentence, name)
    return list(dict.fromkeys(found))


def _needs(form: Typed, base: Mapping[str, Any]) -> list[str]:
    needs = list(form.values["needs"])
    for name, kind in _VALUES.items():
        value = form.text(name).upper()
        if not value:
            continue
        shape, sentence = _FORMS[name]
        if not shape.fullmatch(value):
            raise Invalid("bad-value", sentence, name)
        needs.append(f"{kind}:{value}")
    shown = {
        next((one for one in base.get("needs", ()) if one.startswith(f"{kind}:")), "") for kind in _VALUES.values()
    }
    # A second modifier or code, which the form has no field for, stays
    return needs + [one for one in base.get("needs", ()) if ":" in one and one not in shown and one not in needs]
