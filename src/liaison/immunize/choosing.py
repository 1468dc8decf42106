"""From what an assistant types to a vaccine: a name, a trade name, a CVX code, or what everybody calls it."""

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process, utils

from liaison.engines.vaccines import Facts, Vaccine, facts
from liaison.kernel.errors import Invalid
from liaison.kernel.names import fold

# What a card says when it names no product; the code is that of the formulation not said, where there is one
CALLED = {
    "flu": "88", "influenza": "88", "flu shot": "88", "covid": "213", "covid 19": "213", "corona": "213",
    "chickenpox": "21", "chicken pox": "21", "varicella": "21", "var": "21", "polio": "89", "ipv": "10", "opv": "02",
    "shingles": "188", "zoster": "188", "hep a": "85", "hepa": "85", "hepatitis a": "85", "hep b": "45", "hepb": "45",
    "hepatitis b": "45", "hib": "17", "hpv": "137", "rota": "122", "rotavirus": "122", "rv": "122", "dtap": "107",
    "tdap": "115", "td": "139", "tetanus": "139", "mmr": "03", "mmrv": "94", "measles mumps rubella": "03",
    "pcv": "152", "prevnar": "152", "ppsv": "33", "ppsv23": "33", "ppv23": "33", "pneumovax": "33", "pneumo": "109",
    "pneumonia": "109", "pcv7": "100", "pcv10": "177", "pcv13": "133", "pcv15": "215", "pcv20": "216", "pcv21": "327",
    "menacwy": "108", "mcv4": "147", "mening": "108", "meningitis": "108", "menb": "164", "men b": "164",
    "typhoid": "91", "rabies": "90", "yellow fever": "184", "yf": "184", "japanese encephalitis": "129", "je": "129",
    "tb": "19", "bcg": "19", "mpox": "325", "monkeypox": "325", "smallpox": "325", "dengue": "330", "cholera": "26",
    "tbe": "222",
}  # fmt: skip
_CODE = re.compile(r"(?:\[?\s*cvx\s*)?(\d{1,3})\]?", re.IGNORECASE)
_CHOSEN = re.compile(r"\[CVX (\d{1,3})(?: ([A-Z]{2,4}))?\]\s*$")
_ALIKE = 70  # of 100
_MOST_OFFERED = 4


@dataclass(frozen=True, slots=True)
class Choice:
    """A line of the list under the field: `value` is what `choose` understands."""

    value: str
    cvx: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """A vaccine, and its manufacturer where the trade name tells it."""

    vaccine: Vaccine
    mvx: str = ""


@dataclass(frozen=True)
class _Index:
    by_name: dict[str, tuple[Chosen, ...]]
    choices: tuple[Choice, ...]
    spoken: dict[str, str]


def choices() -> tuple[Choice, ...]:
    """Every vaccine and trade name, for the list under a field: those in use first."""
    return _index(facts()).choices


def choose(text: str) -> Chosen:
    """The vaccine that is meant. Raises Invalid (`cvx`) with what may be meant instead."""
    known = facts()
    typed = text.strip()
    if picked := _CHOSEN.search(typed):
        return _by_code(picked[1], picked[2] or "", known)
    if code := _CODE.fullmatch(typed):
        return _by_code(code[1], "", known)
    wanted = fold(typed)
    if not wanted:
        raise Invalid("no-vaccine", "Say which vaccine it was.", "cvx")
    if cvx := CALLED.get(wanted):
        return _by_code(cvx, "", known)
    index = _index(known)
    found = index.by_name.get(wanted, ())
    if len(found) == 1:
        return found[0]
    if found:
        names = " or ".join(f"{one.vaccine.short} (CVX {one.vaccine.cvx})" for one in found[:_MOST_OFFERED])
        raise Invalid("which-vaccine", f"“{typed[:40]}” is sold as several vaccines: choose {names}.", "cvx")
    hits = process.extract(
        wanted, index.spoken.keys(), scorer=fuzz.WRatio, processor=utils.default_process, limit=12, score_cutoff=_ALIKE
    )
    offered = list(dict.fromkeys(index.spoken[hit] for hit, _, _ in hits))[:_MOST_OFFERED]
    if offered:
        raise Invalid("no-vaccine", f"“{typed[:40]}” is not a vaccine’s name. Perhaps {' or '.join(offered)}.", "cvx")
    raise Invalid("no-vaccine", f"“{typed[:40]}” is no vaccine’s name or CVX code. Choose it from the list.", "cvx")


def maker(text: str) -> str:
    """The MVX code that is meant, by code or name; nothing stays nothing. Raises Invalid (`mvx`)."""
    typed = text.strip()
    if not typed:
        return ""
    known = facts()
    if found := known.manufacturer(typed):
        return found.mvx
    wanted = fold(typed)
    named = [one for one in known.manufacturers.values() if fold(one.name).startswith(wanted)]
    in_use = [one for one in named if one.active] or named
    if len(in_use) == 1:
        return in_use[0].mvx
    raise Invalid("no-maker", f"“{typed[:40]}” is no manufacturer’s MVX code. Leave it out if you are not sure.", "mvx")


def _by_code(cvx: str, mvx: str, known: Facts) -> Chosen:
    vaccine = known.vaccine(cvx)
    if vaccine is None:
        raise Invalid("no-vaccine", f"There is no vaccine with the CVX code {cvx}. Choose it from the list.", "cvx")
    return Chosen(vaccine, mvx)


@lru_cache(maxsize=2)
def _cached(version: str, size: int) -> _Index:
    return _build(facts())


def _index(known: Facts) -> _Index:
    return _cached(known.version, len(known.vaccines))


def _build(known: Facts) -> _Index:
    by_name: dict[str, list[Chosen]] = {}
    spoken: dict[str, str] = {}
    lines: list[tuple[tuple[bool, str], Choice]] = []
    for vaccine in known.vaccines.values():
        for name in {fold(vaccine.short), fold(vaccine.full)}:
            by_name.setdefault(name, []).append(Chosen(vaccine))
        spoken.setdefault(vaccine.short, vaccine.short)
        lines.append((_place(vaccine, vaccine.short), Choice(f"{vaccine.short} [CVX {vaccine.cvx}]", vaccine.cvx)))
        for trade in known.trade_names(vaccine.cvx):
            by_name.setdefault(fold(trade.name), []).append(Chosen(vaccine, trade.mvx))
            spoken.setdefault(trade.name, trade.name)
            value = f"{trade.name}: {vaccine.short} [CVX {vaccine.cvx} {trade.mvx}]"
            lines.append((_place(vaccine, trade.name), Choice(value, vaccine.cvx)))
    lines.sort(key=lambda line: line[0])
    single = {name: tuple({one.vaccine.cvx: one for one in found}.values()) for name, found in by_name.items()}
    return _Index(single, tuple(choice for _, choice in lines), spoken)


def _place(vaccine: Vaccine, name: str) -> tuple[bool, str]:
    return not vaccine.active, name.casefold()
