"""People's names, ages and dates as the field writes them."""

import unicodedata
from datetime import date


def fold(text: str) -> str:
    """A name as search compares it: lower case, without accents and marks (`O’Brien-Núñez` → `obrien nunez`)."""
    flat = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    flat = flat.replace("ł", "l").replace("ø", "o").replace("đ", "d").replace("ı", "i")
    kept = "".join(" " if c in "-_,;/" else c for c in flat if c.isalnum() or c in " -_,;/")
    return " ".join(kept.split())


def listed(family: str, given: str) -> str:
    """`Brandt, Otto`, as lists and charts write a name; a person of one name stands alone."""
    return ", ".join(part for part in (family, given) if part)


def initials(family: str, given: str) -> str:
    """Two letters for a round badge, given name first."""
    return (given[:1] + family[:1]).upper()


def age_days(born: date, on: date) -> int:
    """Days lived."""
    return (on - born).days


def age_years(born: date, on: date) -> int:
    """Full years lived."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def age(born: date, on: date) -> str:
    """An age as a clinic says it: days to 4 weeks, weeks to 3 months, months to 2 years, then years."""
    days = age_days(born, on)
    if days < 28:
        return f"{days} d"
    if days < 91:
        return f"{days // 7} wk"
    months = (on.year - born.year) * 12 + on.month - born.month - (on.day < born.day)
    return f"{months} mo" if months < 24 else f"{age_years(born, on)}"


SEX_LETTER = {"male": "M", "female": "F", "other": "X", "unknown": "U"}
