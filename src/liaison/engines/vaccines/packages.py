"""How many doses a package holds, as far as the words of the CDC's table say so."""

import re
from collections.abc import Iterable

_DOSES = re.compile(r"\b(\d+)\s+DOSES?\b")
_HELD = r"(?:SYRINGE|VIAL|APPLICATOR|KIT|SINGLE|PRE|PLASTIC|GLASS|BLISTER|TRAY|TUBE|POUCH)"
_COUNTED = re.compile(rf"\b(\d+)[\s-]+{_HELD}")
_BARE = re.compile(r"^PACKAGE OF (\d+)(?:,|$)")
_WORD = re.compile(r"^(?:CARTON|PACKAGE) OF ONE (?:SYRINGE|VIAL)")
_VOLUME = re.compile(r"(\d*\.?\d+)\s*ML\b")
_MANY = re.compile(r"MULTI-?\s?DOSE|COMPONENT|\bCASE\b|CAPSULE")
_ONE = re.compile(r"SINGLE-?\s?(?:DOSE|USE)|SYRINGE|SYRYNGE|APPLICATOR|\bTUBE\b|INJECTOR")
# A vial of more may hold several doses, whatever the table leaves unsaid
_LARGEST_DOSE_ML = 1.0
# Cartons of more vials, where the words say no more, have been cartons of multi-dose vials
_MOST_SINGLE_VIALS = 10


def doses_in(package: str, *, of_use: bool, inside: Iterable[str] = ()) -> int | None:
    """Doses in a package by its words; None where they do not tell.

    `of_use` is the unit that goes to the patient (one syringe); `inside` are the words for the units of use that a
    unit of sale holds: ten vials are ten doses only when none of them is a multi-dose vial.
    """
    words = " ".join(package.upper().split())
    if told := _DOSES.search(words):
        return int(told[1])
    if _MANY.search(words) or any(_may_be_many(each.upper()) for each in inside):
        return None
    counted = _COUNTED.search(words) or _BARE.search(words)
    if counted and not (of_use and " IN 1 CARTON" not in words):
        vials_unsaid = "VIAL" in words and not _ONE.search(words)
        return None if vials_unsaid and int(counted[1]) > _MOST_SINGLE_VIALS else int(counted[1])
    if _WORD.search(words):
        return 1
    if not of_use:
        return 1 if _ONE.search(words) and not re.search(r"\d", _VOLUME.sub("", words)) else None
    volume = _VOLUME.search(words)
    small = volume is not None and float(volume[1]) <= _LARGEST_DOSE_ML
    return 1 if _ONE.search(words) or ("VIAL" in words and small) else None


def _may_be_many(words: str) -> bool:
    volume = _VOLUME.search(words)
    large = volume is not None and float(volume[1]) > _LARGEST_DOSE_ML
    return bool(_MANY.search(words)) or (large and "VIAL" in words and not _ONE.search(words))
