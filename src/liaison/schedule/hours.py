"""A provider's weekly hours: read, checked, and spread over days."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from liaison.engines.slots import Hours, Interval, expand_opening_hours
from liaison.kernel.errors import Invalid
from liaison.schedule.models import ProviderSchedule

Weekly = dict[str, list[list[str]]]


def checked(weekly: Mapping[Any, Any]) -> Weekly:
    """Weekly hours as they are stored. Raises Invalid unless {"0": [["08:00", "12:00"], …]} with 0 for Monday."""
    stored: Weekly = {}
    for weekday, spans in weekly.items():
        if str(weekday) not in "0123456" or len(str(weekday)) != 1:
            raise Invalid("bad-hours", "Weekdays go from 0 for Monday to 6 for Sunday.", "weekly")
        try:
            times = sorted((time.fromisoformat(str(opens)), time.fromisoformat(str(closes))) for opens, closes in spans)
        except (ValueError, TypeError):
            raise Invalid("bad-hours", "Write hours as a start and an end, like 08:00 and 12:00.", "weekly")
        ends = [time.min, *(closes for _, closes in times)]
        if any(opens >= closes or opens < before for (opens, closes), before in zip(times, ends, strict=False)):
            raise Invalid("bad-hours", "Hours of a day begin before they end and do not overlap.", "weekly")
        if times:
            stored[str(weekday)] = [[f"{opens:%H:%M}", f"{closes:%H:%M}"] for opens, closes in times]
    return stored


def openings(schedule: ProviderSchedule, zone: ZoneInfo, first: date, last: date) -> list[Interval]:
    """When a provider sees patients on the local days from `first` to `last`, in UTC."""
    weekly: dict[int, Hours] = {
        int(day): [(time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in spans]
        for day, spans in schedule.weekly.items()
    }
    return expand_opening_hours(weekly, zone, first, last)


def within(schedule: ProviderSchedule, zone: ZoneInfo, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether a time lies wholly in a provider's hours."""
    first = starts_at.astimezone(zone).date() - timedelta(days=1)
    spans = openings(schedule, zone, first, ends_at.astimezone(zone).date())
    return any(opening.start <= starts_at and ends_at <= opening.end for opening in spans)
