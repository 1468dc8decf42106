"""That a name begins with what was asked, whatever the case and accents (FHIR R4, 3.1.1.4.8 string search)."""

import re
from collections import defaultdict
from functools import lru_cache

from django.db.models import Q

from liaison.kernel.names import fold

# Latin letters with accents: Latin-1 Supplement to Latin Extended-B, and Latin Extended Additional
_LETTERS = (*range(0x41, 0x250), *range(0x1E00, 0x1F00))
_MARKS = "[\u0300-\u036f'’ʼ.`´]*"
_GAP = r"[-\s_,;/]+"


@lru_cache(maxsize=1)
def _alike() -> dict[str, str]:
    """Every plain letter with all those that search takes for it."""
    found: dict[str, list[str]] = defaultdict(list)
    for code in _LETTERS:
        plain = fold(chr(code))
        if len(plain) == 1 and plain.isalpha():
            found[plain].append(chr(code))
    return {plain: f"[{''.join(letters)}]" for plain, letters in found.items()}


def begins(column: str, value: str, *, any_word: bool = False) -> Q:
    """The condition that a column, or `any_word` of it, begins with a value as a name is compared; none for no letters.

    A regular expression rather than a copy of every name: it is asked of rows that the index has narrowed down.
    """
    folded = fold(value)
    if not folded:
        return Q(pk__in=())
    alike = _alike()
    parts = [_GAP if letter == " " else alike.get(letter, re.escape(letter)) + _MARKS for letter in folded]
    pattern = "".join(parts)
    if sharp := alike.get("s"):
        double = sharp + _MARKS + sharp + _MARKS
        pattern = pattern.replace(double, f"({double}|[ßẞ])")
    return Q(**{f"{column}__iregex": ("(^|[-\\s])" if any_word else "^") + _MARKS + pattern})


def one_of(column: str, value: str) -> Q:
    """The condition that one of the names in a column is exactly a value."""
    return Q(**{f"{column}__regex": f"(^| ){re.escape(value)}( |$)"})
