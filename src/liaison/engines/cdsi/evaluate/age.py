"""Section 6.4, evaluate age."""

from liaison.engines.cdsi.patient import Administered, History
from liaison.engines.cdsi.schedule import Age, SeriesDose
from liaison.engines.cdsi.series import Reason


def age_reason(given: Administered, target: SeriesDose, history: History) -> Reason | None:
    """Table 6-15: was the vaccine dose administered at a valid age? None or the grace period if so, else why not."""
    age = relevant_age(target, given.day)
    if age is None:
        return None
    if given.day < history.age_from(age.absolute_minimum):
        return Reason.TOO_YOUNG
    if given.day < history.age_from(age.minimum):
        return Reason.AGE_GRACE
    if given.day >= history.age_until(age.maximum):
        return Reason.TOO_OLD
    return None


def relevant_age(target: SeriesDose, day: int) -> Age | None:
    """The ages of a series dose that are in force on a day (RELEVANT-1, RELEVANT-2)."""
    for age in target.ages:
        if age.period.first <= day <= age.period.last:
            return age
    return None
