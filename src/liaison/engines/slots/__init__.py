"""Schedule search: opening hours on real days, free times, and a provider with a room."""

from liaison.engines.slots.hours import Hours, expand_opening_hours
from liaison.engines.slots.intervals import Interval, merge
from liaison.engines.slots.search import Option, Requirement, Resource, find, free_times

__all__ = [
    "Hours",
    "Interval",
    "Option",
    "Requirement",
    "Resource",
    "expand_opening_hours",
    "find",
    "free_times",
    "merge",
]
