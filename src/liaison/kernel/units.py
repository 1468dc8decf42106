"""Units of measure as a clinic uses them: UCUM codes in storage, the words of the field on the screen.

Source of the codes and factors: UCUM 2.1, tables 4 to 6 (pound, ounce and inch are exact by definition).
"""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction


class Unit(StrEnum):
    """A UCUM unit code; the value is what FHIR carries in `Quantity.code`."""

    KG = "kg"
    G = "g"
    LB = "[lb_av]"
    OZ = "[oz_av]"
    CM = "cm"
    M = "m"
    INCH = "[in_i]"
    FOOT = "[ft_i]"
    CELSIUS = "Cel"
    FAHRENHEIT = "[degF]"
    MMHG = "mm[Hg]"
    PERCENT = "%"
    PER_MINUTE = "/min"
    SCORE = "{score}"
    KG_PER_M2 = "kg/m2"


class Dimension(StrEnum):
    """What a unit measures, in the words of a sentence to the person at the keyboard."""

    WEIGHT = "weight"
    LENGTH = "length"
    TEMPERATURE = "temperature"
    PRESSURE = "pressure"
    SHARE = "percentage"
    RATE = "rate per minute"
    SCORE = "score"
    BODY_MASS = "body mass index"


@dataclass(frozen=True, slots=True)
class Measure:
    """A number with its unit."""

    value: Decimal
    unit: Unit

    def to(self, unit: Unit) -> "Measure":
        """Return the same measure in another unit; ValueError when the two measure different things."""
        return Measure(convert(self.value, self.unit, unit), unit)

    def __str__(self) -> str:
        return display(self.value, self.unit)


@dataclass(frozen=True, slots=True)
class _Spec:
    dimension: Dimension
    label: str
    factor: Fraction
    offset: Fraction
    places: int
    typed: tuple[str, ...]


def _spec(
    dimension: Dimension, label: str, places: int, typed: str = "", factor: str = "1", offset: str = "0"
) -> _Spec:
    return _Spec(dimension, label, Fraction(factor), Fraction(offset), places, tuple(typed.split()))


# base value = typed value * factor + offset; places: what survives the way into storage and back to one decimal.
_SPECS = {
    Unit.KG: _spec(Dimension.WEIGHT, "kg", 3, "kg kgs kilo kilos kilogram kilograms"),
    Unit.G: _spec(Dimension.WEIGHT, "g", 0, "g gm gms gram grams", factor="1/1000"),
    Unit.LB: _spec(Dimension.WEIGHT, "lb", 1, "lb lbs pound pounds # [lb_av]", factor="0.45359237"),
    Unit.OZ: _spec(Dimension.WEIGHT, "oz", 1, "oz ounce ounces [oz_av]", factor="0.028349523125"),
    Unit.CM: _spec(Dimension.LENGTH, "cm", 2, "cm cms centimeter centimeters"),
    Unit.M: _spec(Dimension.LENGTH, "m", 4, "m meter meters", factor="100"),
    Unit.INCH: _spec(Dimension.LENGTH, "in", 2, "in ins inch inches \" '' [in_i]", factor="2.54"),
    Unit.FOOT: _spec(Dimension.LENGTH, "ft", 3, "ft foot feet ' [ft_i]", factor="30.48"),
    Unit.CELSIUS: _spec(Dimension.TEMPERATURE, "°C", 2, "c °c cel celsius"),
    Unit.FAHRENHEIT: _spec(Dimension.TEMPERATURE, "°F", 1, "f °f fahrenheit [degf]", factor="5/9", offset="-160/9"),
    Unit.MMHG: _spec(Dimension.PRESSURE, "mmHg", 0, "mmhg mm[hg]"),
    Unit.PERCENT: _spec(Dimension.SHARE, "%", 1, "% percent"),
    Unit.PER_MINUTE: _spec(Dimension.RATE, "/min", 0, "/min /minute bpm min"),
    Unit.SCORE: _spec(Dimension.SCORE, "", 0, "{score} /10"),
    Unit.KG_PER_M2: _spec(Dimension.BODY_MASS, "kg/m²", 1, "kg/m2 kg/m²"),
}
_TYPED = {word: unit for unit, spec in _SPECS.items() for word in spec.typed}

_TYPOGRAPHY = str.maketrans({"′": "'", "’": "'", "‘": "'", "″": '"', "”": '"', "“": '"', "º": "°", "\u00a0": " "})
_PART = re.compile(r"(?P<number>\d+(?:[.,]\d+)?|[.,]\d+)\s*(?P<unit>kg/m2|/10|[^\d\s,]+)?\s*", re.ASCII)
_THOUSANDS = re.compile(r"\d{1,3},\d{3}")
_PRESSURE = re.compile(r"(\d{1,3})\s*(?:/|\\|over)\s*(\d{1,3})\s*(?:mm\s*hg|mm\[hg\])?", re.IGNORECASE | re.ASCII)
_SMALLER = {Unit.LB: Unit.OZ, Unit.FOOT: Unit.INCH, Unit.M: Unit.CM, Unit.KG: Unit.G}
_EXAMPLES = {
    Dimension.WEIGHT: "172 lb, 7 lb 3 oz or 78.2 kg",
    Dimension.LENGTH: "5'10\", 70 in or 178 cm",
    Dimension.TEMPERATURE: "98.6 F or 37.0 C",
    Dimension.PRESSURE: "120",
    Dimension.SHARE: "98 %",
    Dimension.RATE: "72",
    Dimension.SCORE: "4",
    Dimension.BODY_MASS: "24.5",
}


def unit(code: str) -> Unit:
    """Return the unit of a UCUM code; ValueError with a sentence when the clinic does not use it."""
    try:
        return Unit(code)
    except ValueError:
        raise ValueError(f"The unit “{code}” is not one that this clinic uses.") from None


def dimension(code: str) -> Dimension:
    """Return what a unit measures."""
    return _SPECS[unit(code)].dimension


def label(code: str) -> str:
    """Return how a unit is written on the screen: °F, mmHg, lb, in."""
    return _SPECS[unit(code)].label


def places(code: str) -> int:
    """Return the decimals to which a value of this unit is rounded after a conversion."""
    return _SPECS[unit(code)].places


def convert(value: Decimal, from_: str, to: str) -> Decimal:
    """Convert a value between UCUM units exactly, rounded half up once, at the end, to `places(to)`.

    A value already in the wanted unit comes back untouched. ValueError when the units measure different things.
    """
    source, target = unit(from_), unit(to)
    if source is target:
        return value
    give, take = _SPECS[source], _SPECS[target]
    if give.dimension is not take.dimension:
        raise ValueError(
            f"A {give.dimension} in {give.label or 'points'} cannot be turned into {take.label or 'points'}."
        )
    base = Fraction(value) * give.factor + give.offset
    return _round((base - take.offset) / take.factor, take.places)


def _round(value: Fraction, decimals: int) -> Decimal:
    scaled = value * 10**decimals
    whole, rest = divmod(abs(scaled.numerator), scaled.denominator)
    if rest * 2 >= scaled.denominator:
        whole += 1
    return trim(Decimal(-whole if scaled < 0 else whole).scaleb(-decimals))


def trim(value: Decimal) -> Decimal:
    """Drop zeros after the decimal point without slipping into exponents: 37.00 becomes 37, 120 stays 120."""
    if value == value.to_integral_value():
        return value.quantize(Decimal(1))
    return value.normalize()


def display(value: Decimal, code: str, decimals: int | None = None) -> str:
    """Return a number with its unit as the clinic writes it: “98.6 °F”, “16 /min”, “98%”."""
    if decimals is not None:
        value = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    text = f"{trim(value) if decimals is None else value:f}"
    mark = label(code)
    if not mark:
        return text
    return text + mark if mark == "%" else f"{text} {mark}"


def parse(text: str, default: str) -> Measure:
    """Read what a person typed, with or without a unit; `default` is the unit of a bare number.

    Understands "172 lb", "7 lb 3 oz", "5'10\\"", "5 ft 10", "98.6 F", "37,1" (a decimal comma), "98 %". The answer is
    in the unit that was typed; of two, in the smaller. ValueError with a sentence for the person otherwise.
    """
    wanted = unit(default)
    kind = _SPECS[wanted].dimension
    example = f"Write for example {_EXAMPLES[kind]}."
    parts = _parts(text, example)
    if len(parts) == 1:
        number, found = parts[0][0], parts[0][1] or wanted
    elif len(parts) == 2:
        number, found = _two_parts(parts, example)
    else:
        raise ValueError(f"There are too many numbers here. {example}")
    if _SPECS[found].dimension is not kind:
        raise ValueError(f"“{_SPECS[found].label}” does not measure {kind}. {example}")
    return Measure(number, found)


def parse_to(text: str, default: str, storage: str) -> Decimal:
    """Read typed input as `parse` does and return it in the unit of storage."""
    measure = parse(text, default)
    return convert(measure.value, measure.unit, storage)


def parse_blood_pressure(text: str) -> tuple[Decimal, Decimal]:
    """Read "120/80" or "120 over 80" as systolic and diastolic in mm[Hg]; ValueError with a sentence otherwise."""
    match = _PRESSURE.fullmatch(text.strip())
    if match is None:
        raise ValueError("Write the blood pressure as two whole numbers with a stroke, for example 120/80.")
    return Decimal(match[1]), Decimal(match[2])


def _parts(text: str, example: str) -> list[tuple[Decimal, Unit | None]]:
    rest = text.strip().translate(_TYPOGRAPHY).lower()
    rest = re.sub(r"°\s+", "°", re.sub(r"[,;]\s+|\band\b", " ", rest)).rstrip(" .")
    if not rest:
        raise ValueError(f"Nothing was typed. {example}")
    parts: list[tuple[Decimal, Unit | None]] = []
    while rest:
        match = _PART.match(rest)
        if match is None:
            raise ValueError(f"This cannot be read as a number. {example}")
        number, word = match["number"], match["unit"]
        if _THOUSANDS.fullmatch(number):
            raise ValueError("A comma before three digits can be read in two ways. Write the number without the comma.")
        if word is not None and word.rstrip(".") not in _TYPED:
            raise ValueError(f"“{word}” is not a unit that is known here. {example}")
        parts.append((Decimal(number.replace(",", ".")), None if word is None else _TYPED[word.rstrip(".")]))
        rest = rest[match.end() :]
    return parts


def _two_parts(parts: list[tuple[Decimal, Unit | None]], example: str) -> tuple[Decimal, Unit]:
    (large, first), (small, second) = parts
    if first is None or first not in _SMALLER or second not in {None, _SMALLER[first]}:
        raise ValueError(f"These two numbers cannot be read together. {example}")
    below = _SMALLER[first]
    ratio = _SPECS[first].factor / _SPECS[below].factor
    if large != large.to_integral_value() or small >= ratio:
        raise ValueError(
            f"Write whole {_SPECS[first].label}, then fewer than {int(ratio)} {_SPECS[below].label}. {example}"
        )
    return large * int(ratio) + small, below
