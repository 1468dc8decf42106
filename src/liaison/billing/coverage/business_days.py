"""Business days: Monday to Friday but for the federal holidays (5 U.S.C. 6103), as deadlines count them."""

from datetime import date, timedelta

from dateutil.relativedelta import FR, MO, TH, relativedelta

_ONE = timedelta(days=1)
_FIXED = ((1, 1), (6, 19), (7, 4), (11, 11), (12, 25))
# Month, weekday and which one of it; -1 is the last
_FLOATING = ((1, MO(3)), (2, MO(3)), (5, MO(-1)), (9, MO(1)), (10, MO(2)), (11, TH(4)))


def holidays(year: int) -> set[date]:
    """The federal holidays of a year as they are observed: what falls on a weekend moves to its nearest weekday."""
    days = {_observed(date(year, month, day)) for month, day in _FIXED}
    # New Year of the next year may be observed on 31 December
    days.add(_observed(date(year + 1, 1, 1)))
    for month, weekday in _FLOATING:
        begin = date(year, month, 31 if weekday.n < 0 else 1)
        days.add(begin + relativedelta(weekday=weekday))
    return {day for day in days if day.year == year}


def _observed(day: date) -> date:
    return day - _ONE if day.weekday() == FR.weekday + 1 else day + _ONE if day.weekday() == FR.weekday + 2 else day


def is_business_day(day: date) -> bool:
    return day.weekday() < 5 and day not in holidays(day.year)


def after(day: date, count: int) -> date:
    """The business day that is `count` business days after a day."""
    while count:
        day += _ONE
        count -= is_business_day(day)
    return day


def between(begin: date, end: date) -> int:
    """How many business days come after `begin`, up to and with `end`."""
    return sum(is_business_day(begin + _ONE * number) for number in range(1, (end - begin).days + 1))
