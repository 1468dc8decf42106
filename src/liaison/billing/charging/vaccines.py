"""Which codes the vaccines of one visit are charged by: the products, and their administration by component."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

FUNDED = ("vfc", "state")
NONE, ZERO = "none", "zero"


@dataclass(frozen=True, slots=True)
class Dose:
    """A dose that was given here; `antigens` and `groups` are the schedule's, `ml` a number as it was written."""

    id: str
    cvx: str
    display: str
    route: str = ""
    funding: str = ""
    ndc: str = ""
    ml: str = ""
    antigens: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """What of the patient and the visit decides: age in years, counselling, whether Medicare pays, and the payer."""

    years: int
    counselled: bool
    medicare: bool = False
    payer: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One charge: `dose` is empty where several doses are charged together. `free` is charged at nothing."""

    code: str
    units: int = 1
    dose: Dose | None = None
    free: bool = False
    modifier: str = ""  # to be proposed


@dataclass(frozen=True, slots=True)
class Charged:
    """The lines of a visit's vaccines, and the doses whose product has no code that we know."""

    lines: tuple[Line, ...] = ()
    without_code: tuple[Dose, ...] = ()


@dataclass(slots=True)
class _Counted:
    codes: Counter[str] = field(default_factory=Counter)
    injected: int = 0
    swallowed: int = 0


def charged(
    doses: Sequence[Dose], person: Person, rules: Mapping[str, Any], product_code: Callable[[str], str]
) -> Charged:
    """The charges of the doses given in one visit. `rules` are those of the charge-rules document; a `product_code` of
    a CVX is empty where nobody knows it."""
    products, without_code = [], []
    for dose in doses:
        way = _funded(person, rules) if dose.funding in FUNDED else {}
        if way.get("product") == NONE:
            continue
        if code := product_code(dose.cvx):
            free = way.get("product") == ZERO
            products.append(Line(code, dose=dose, free=free, modifier=way.get("modifier", "")))
        else:
            without_code.append(dose)
    administered = _administration(doses, person, rules)
    all_funded = bool(doses) and all(dose.funding in FUNDED for dose in doses)
    modifier = _funded(person, rules).get("modifier", "") if all_funded else ""
    lines = [Line(code, units, modifier=modifier) for code, units in administered]
    return Charged((*products, *lines), tuple(without_code))


def _funded(person: Person, rules: Mapping[str, Any]) -> Mapping[str, str]:
    """How the payer wants doses that a programme paid for: the product not at all, or for nothing; with a modifier."""
    found: Mapping[str, str] = rules["funded_by_payer"].get(person.payer, rules["funded"])
    return found


def _administration(doses: Sequence[Dose], person: Person, rules: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    counted = _Counted()
    for dose in doses:
        _count(counted, dose, person, rules)
    _first_and_further(counted, rules)
    yield from ((code, units) for code, units in counted.codes.items() if code and units)


def _count(counted: _Counted, dose: Dose, person: Person, rules: Mapping[str, Any]) -> None:
    of_group = {**rules["by_group"], **(rules["medicare"] if person.medicare else {})}
    antibodies, counselled = rules["antibodies"], rules["counselled"]
    if code := next((of_group[group] for group in dose.groups if group in of_group), ""):
        counted.codes[code] += 1
    elif dose.cvx in antibodies["cvx"]:
        counted.codes[antibodies["counselled" if person.counselled else "alone"]] += 1
    elif person.counselled and person.years < counselled["until_years"]:
        counted.codes[counselled["first"]] += 1
        counted.codes[counselled["further"]] += components(dose, rules) - 1
    elif dose.route in rules["swallowed"]["routes"]:
        counted.swallowed += 1
    else:
        counted.injected += 1


def components(dose: Dose, rules: Mapping[str, Any]) -> int:
    """How many components a vaccine has: its antigens in the schedule, unless the rules say otherwise; one at least."""
    return int(rules["components"].get(dose.cvx) or max(1, len(dose.antigens)))


def _first_and_further(counted: _Counted, rules: Mapping[str, Any]) -> None:
    """One first administration in a visit: an injection where there is one, all others are further ones."""
    first_used = False
    for number, codes in ((counted.injected, rules["injected"]), (counted.swallowed, rules["swallowed"])):
        if number and not first_used:
            counted.codes[codes["first"]] += 1
            number -= 1
            first_used = True
        counted.codes[codes["further"]] += number
