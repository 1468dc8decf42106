"""The languages in which patients get papers and mail: English, or another whose words we have."""

from collections.abc import Container
from datetime import date

from liaison.kernel import clock

SPANISH_MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre",
    "diciembre",
)  # fmt: skip


def language_in(known: Container[str], code: str) -> str:
    """The language of a code such as `es-MX` where its words are known, else English."""
    language = code.partition("-")[0]
    return language if language in known else "en"


def said_day(day: date, language: str) -> str:
    """A day as a paper in that language says it: `3 Dec 2026`, `3 dic 2026`."""
    return f"{day.day} {SPANISH_MONTHS[day.month - 1][:3]} {day.year}" if language == "es" else clock.told(day)
