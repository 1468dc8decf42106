"""National Drug Codes in their spellings: ten digits in three shapes, eleven for billing, with hyphens or without."""

import re

_SHAPES = ((4, 4, 2), (5, 3, 2), (5, 4, 1))
_FULL = (5, 4, 2)
_SPELLED = re.compile(r"\d{4,5}-\d{3,4}-\d{1,2}|\d{10,11}")


def candidates(text: str) -> tuple[str, ...]:
    """The eleven-digit codes that a spelling may mean; none when it is no NDC.

    Ten digits without hyphens do not tell which part lacks its zero: they may mean three codes.
    """
    spelled = text.strip().replace(" ", "").replace("\N{HYPHEN}", "-").replace("\N{EN DASH}", "-").replace("*", "0")
    if not _SPELLED.fullmatch(spelled):
        return ()
    if "-" in spelled:
        parts = spelled.split("-")
        sizes = tuple(len(part) for part in parts)
        whole = "".join(part.zfill(size) for part, size in zip(parts, _FULL, strict=True))
        return (whole,) if sizes in (*_SHAPES, _FULL) else ()
    if len(spelled) == 11:
        return (spelled,)
    found: dict[str, None] = {}
    for labeler, product, package in _SHAPES:
        parts = [spelled[:labeler], spelled[labeler : labeler + product], spelled[labeler + product :]]
        assert len(parts[2]) == package
        found["".join(part.zfill(size) for part, size in zip(parts, _FULL, strict=True))] = None
    return tuple(found)


def hyphened(ndc11: str) -> str:
    """Eleven digits as people read them: 49281-0425-50."""
    return f"{ndc11[:5]}-{ndc11[5:9]}-{ndc11[9:]}"
