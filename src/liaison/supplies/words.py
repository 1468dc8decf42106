"""The words of the room: why doses are wasted, why a count differs, and how places and sources are said."""

from datetime import timedelta

from django.db.models import TextChoices


class Waste(TextChoices):
    """Why doses are thrown away, as VFC programs ask it."""

    DRAWN = "drawn", "drawn and not given"
    BROKEN = "broken", "broken vial or syringe"
    EXPIRED = "expired", "expired"
    LEFT_OVER = "left-over", "left in an opened vial"
    SPOILED = "spoiled", "spoiled: too warm or too cold"
    RECALLED = "recalled", "recalled"
    TRANSIT = "transit", "spoiled on the way here"
    LOST = "lost", "lost"
    OTHER = "other", "something else"


class Difference(TextChoices):
    """Why a shelf holds another number than the ledger says."""

    NOT_RECORDED = "not-recorded", "given or wasted, not recorded"
    WRONG_LOT = "wrong-lot", "recorded on another lot"
    RECEIPT = "receipt", "received another number"
    MISCOUNT = "miscount", "miscounted before"
    LOST = "lost", "lost"
    FOUND = "found", "found"
    OTHER = "other", "something else"


def said_duration(time: timedelta) -> str:
    """`2 h 5 min`, `50 min`."""
    minutes = int(time.total_seconds() // 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"


def doses(number: int, unit: str = "dose") -> str:
    """`3 doses`, `1 dose`."""
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
