"""Section 6.4, evaluate age."""

from liaison.engines.cdsi.patient import Administered, History
from liaison.engines.cdsi.schedule import Age, SeriesDose
from liaison.engines.cdsi.series import Finding, Reason


def check_age(given: Administered, target: SeriesDose, history: History) -> Finding | None:
    """Table 6-15: was the vaccine dose administered at a valid age? None or the grace period if so, else why not."""
    age = relevant_age(target, given.day)
    if age is None:
        return None
    day = given.day
    if age.absolute_minimum is not None and day < (absolute := history.age(age.absolute_minimum)):
        return Finding(Reason.TOO_YOUNG, absolute)
    if age.minimum is not None and day < (minimum := history.age(age.minimum)):
        return Finding(Reason.AGE_GRACE, minimum)
    if age.maximum is not None and day >= (maximum := history.age(age.maximum)):
        return Finding(Reason.TOO_OLD, maximum)
    return None


def relevant_age(target: SeriesDose, day: int) -> Age | None:
    """The ages of a series dose that are in force on a day (RELEVANT-1, RELEVANT-2)."""
    for age in target.ages:
        if age.period.first <= day <= age.period.last:
            return age
    return None
