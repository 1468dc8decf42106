"""A preventive visit is charged by the patient's age, whatever the visit type's own codes are."""

from collections.abc import Mapping
from datetime import date

from liaison.billing.charging.modifiers import within
from liaison.billing.rules import Kind, rule
from liaison.engines.evaluation import family_of
from liaison.kernel.names import age_years


def by_age(codes: Mapping[str, str], birth_date: date, day: date) -> Mapping[str, str]:
    """The `new` and `established` codes of a visit type; of a preventive one those of the patient's age on a day."""
    if all(map(family_of, codes.values())):
        return codes
    rules = rule(Kind.CHARGE_RULES)
    if not any(within(code, rules["modifiers"]["preventive"]) for code in codes.values() if code):
        return codes
    years = age_years(birth_date, day)
    # A document from before this rule says nothing of ages: the visit type's own codes hold
    return next((one for one in rules.get("preventive", ()) if years < one.get("until_years", years + 1)), codes)
