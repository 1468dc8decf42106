"""A person's measurements over time: growth, vital signs and laboratory values that hang together."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, datetime
from random import Random
from typing import NamedTuple

from liaison.engines.population.families import YEAR, Person
from liaison.engines.population.resources import LOINC, Chart, Resource, concept, quantity, status
from liaison.engines.population.tables import growth


def interpolate(months: float, knots: Sequence[int], values: Sequence[float]) -> float:
    """The value at an age between two knots, on a straight line; the last value beyond."""
    at = bisect_right(knots, months) - 1
    if at >= len(values) - 1:
        return values[-1]
    share = (months - knots[at]) / (knots[at + 1] - knots[at])
    return values[at] + share * (values[at + 1] - values[at])


class Vital(NamedTuple):
    """LOINC code and name of a vital sign with its UCUM unit."""

    code: str
    name: str
    unit: str
    ucum: str


PRESSURE = ("85354-9", "Blood pressure panel with all children optional")
SYSTOLIC = Vital("8480-6", "Systolic blood pressure", "mmHg", "mm[Hg]")
DIASTOLIC = Vital("8462-4", "Diastolic blood pressure", "mmHg", "mm[Hg]")
PULSE = Vital("8867-4", "Heart rate", "/min", "/min")
RESPIRATION = Vital("9279-1", "Respiratory rate", "/min", "/min")
TEMPERATURE = Vital("8310-5", "Body temperature", "Cel", "Cel")
SATURATION = Vital("2708-6", "Oxygen saturation in Arterial blood", "%", "%")
WEIGHT = Vital("29463-7", "Body weight", "kg", "kg")
HEIGHT = Vital("8302-2", "Body height", "cm", "cm")
BMI = Vital("39156-5", "Body mass index (BMI) [Ratio]", "kg/m2", "kg/m2")
HEAD = Vital("9843-4", "Head Occipital-frontal circumference", "cm", "cm")


class Lab(NamedTuple):
    """A laboratory test: LOINC, name, unit, reference range, and mean and spread in the healthy."""

    code: str
    name: str
    unit: str
    low: float | None
    high: float | None
    mean: float
    spread: float
    digits: int = 0


LABS = {
    "a1c": Lab("4548-4", "Hemoglobin A1c/Hemoglobin.total in Blood", "%", None, 5.7, 5.3, 0.25, 1),
    "cholesterol": Lab("2093-3", "Cholesterol [Mass/volume] in Serum or Plasma", "mg/dL", None, 200, 182, 22),
    "triglycerides": Lab("2571-8", "Triglyceride [Mass/volume] in Serum or Plasma", "mg/dL", None, 150, 112, 30),
    "hdl": Lab("2085-9", "Cholesterol in HDL [Mass/volume] in Serum or Plasma", "mg/dL", 40, None, 53, 9),
    "ldl": Lab(
        "13457-7", "Cholesterol in LDL [Mass/volume] in Serum or Plasma by calculation", "mg/dL", None, 130, 0, 0
    ),
    "creatinine": Lab("2160-0", "Creatinine [Mass/volume] in Serum or Plasma", "mg/dL", 0.6, 1.3, 0.9, 0.14, 2),
    "glucose": Lab("2339-0", "Glucose [Mass/volume] in Blood", "mg/dL", 70, 99, 90, 7),
    "tsh": Lab("3016-3", "Thyrotropin [Units/volume] in Serum or Plasma", "m[IU]/L", 0.4, 4.5, 2.1, 0.7, 2),
    "hemoglobin": Lab("718-7", "Hemoglobin [Mass/volume] in Blood", "g/dL", 12.0, 16.0, 13.7, 0.9, 1),
}
# Mean and spread where a problem shifts a test: (test, ICD-10-CM code), the first that fits counts.
SHIFTED = {
    ("a1c", "E11.9"): (7.4, 0.9),
    ("a1c", "R73.03"): (6.0, 0.15),
    ("glucose", "E11.9"): (148, 30),
    ("glucose", "R73.03"): (108, 8),
    ("cholesterol", "E78.5"): (214, 30),
    ("triglycerides", "E78.5"): (165, 45),
    ("hdl", "E78.5"): (44, 8),
    ("creatinine", "N18.31"): (1.5, 0.15),
    ("tsh", "E03.9"): (3.6, 1.6),
    ("hemoglobin", "D50.9"): (10.9, 0.7),
}


class Body:
    """One person's build and resting values, and their measurement at a time."""

    def __init__(self, rng: Random, person: Person, problems: frozenset[str], today: date) -> None:
        self.rng, self.person, self.problems, self.today = rng, person, problems, today
        self.adult = person.age(today) >= 21
        self.tall = rng.gauss(0, 0.9)
        self.heavy = 0.5 * self.tall + rng.gauss(0, 0.7)
        obese = "E66.811" in problems
        self.bmi = rng.uniform(30.6, 34.2) if obese else min(29.4, max(18.9, rng.gauss(25.2, 2.6)))
        self.drift = rng.uniform(-0.25, 0.35)
        self.head = rng.gauss(0, 0.8)
        self.pressure = rng.gauss(0, 6)
        if "I10" in problems:
            self.pressure += rng.uniform(6, 24)
        self.pulse = rng.gauss(0, 6)

    def months(self, on: date) -> float:
        """Age in months."""
        return (on - self.person.born).days / YEAR * 12

    def height(self, on: date) -> float:
        """Length or height in cm."""
        median = interpolate(self.months(on), growth.MONTHS, growth.HEIGHT_CM[self.person.sex])
        return round(median * (1 + growth.HEIGHT_SPREAD * self.tall), 1)

    def weight(self, on: date) -> float:
        """Weight in kg, with what a day makes; infants to 10 g."""
        if self.adult:
            years = (on - self.today).days / YEAR
            kg = (self.bmi + self.drift * years) * (self.height(on) / 100) ** 2
            return round(kg * self.rng.uniform(0.99, 1.01), 1)
        median = interpolate(self.months(on), growth.MONTHS, growth.WEIGHT_KG[self.person.sex])
        heavy = self.heavy + (2.0 if "E66.811" in self.problems else 0)
        kg = median * (1 + growth.WEIGHT_SPREAD * heavy) * self.rng.uniform(0.995, 1.005)
        return round(kg, 2 if kg < 15 else 1)

    def head_cm(self, on: date) -> float:
        """Head circumference in cm, to three years."""
        knots = growth.MONTHS[: len(growth.HEAD_CM["male"])]
        median = interpolate(self.months(on), knots, growth.HEAD_CM[self.person.sex])
        return round(median * (1 + growth.HEAD_SPREAD * self.head), 1)

    def resting(self, on: date) -> tuple[int, int, int, int]:
        """Pulse, respirations, systolic and diastolic pressure usual for the age."""
        years = self.months(on) / 12
        row = next(row for row in reversed(growth.RESTING) if years >= row[0])
        return row[1], row[2], row[3], row[4]


def _single(chart: Chart, at: datetime, encounter: Resource | None, vital: Vital, value: float) -> None:
    chart.observation(
        "vital-signs", (vital.code, vital.name), at, encounter, valueQuantity=quantity(value, vital.unit, vital.ucum)
    )


def add_size(chart: Chart, body: Body, at: datetime, encounter: Resource | None, *, whole: bool) -> None:
    """Weight; with `whole` also height, an infant's head, and from two years the body mass index."""
    on, months = at.date(), body.months(at.date())
    weight = body.weight(on)
    _single(chart, at, encounter, WEIGHT, weight)
    if not whole:
        return
    height = body.height(on)
    _single(chart, at, encounter, HEIGHT, height)
    if months < 24:
        _single(chart, at, encounter, HEAD, body.head_cm(on))
    else:
        _single(chart, at, encounter, BMI, round(weight / (height / 100) ** 2, 1))


def add_pressure(chart: Chart, body: Body, at: datetime, encounter: Resource | None) -> None:
    """Blood pressure as one panel, and the pulse."""
    rng = body.rng
    pulse, _, systolic, diastolic = body.resting(at.date())
    high = round(systolic + body.pressure + rng.gauss(0, 5))
    low = min(round(diastolic + 0.55 * body.pressure + rng.gauss(0, 4)), high - 18)
    parts = [
        {"code": concept(LOINC, part.code, part.name), "valueQuantity": quantity(value, part.unit, part.ucum)}
        for part, value in ((SYSTOLIC, high), (DIASTOLIC, low))
    ]
    chart.observation("vital-signs", PRESSURE, at, encounter, component=parts)
    _single(chart, at, encounter, PULSE, round(pulse + body.pulse + rng.gauss(0, 4)))


def add_breath(chart: Chart, body: Body, at: datetime, encounter: Resource | None, *, fever: bool) -> None:
    """Temperature, respirations and oxygen saturation."""
    rng = body.rng
    _, respiration, _, _ = body.resting(at.date())
    warm = rng.uniform(38.0, 39.4) if fever else rng.gauss(36.8, 0.2)
    _single(chart, at, encounter, TEMPERATURE, round(warm, 1))
    _single(chart, at, encounter, RESPIRATION, round(respiration + rng.gauss(0, 1.5) + (3 if fever else 0)))
    best = rng.uniform(90, 95) if "J44.9" in body.problems else rng.uniform(96, 99.9)
    _single(chart, at, encounter, SATURATION, int(best))


def add_labs(chart: Chart, body: Body, at: datetime, encounter: Resource | None, tests: Sequence[str]) -> None:
    """Laboratory results with reference range and interpretation. LDL follows from the others (Friedewald)."""
    values: dict[str, float] = {}
    for test in tests:
        lab = LABS[test]
        shifts = (SHIFTED[test, code] for code in sorted(body.problems) if (test, code) in SHIFTED)
        mean, spread = next(shifts, (lab.mean, lab.spread))
        value = max(body.rng.gauss(mean, spread), mean * 0.4)
        if test == "ldl":
            value = max(values["cholesterol"] - values["hdl"] - values["triglycerides"] / 5, 35)
        values[test] = value = round(value, lab.digits or None)
        _lab(chart, at, encounter, lab, value)


def _lab(chart: Chart, at: datetime, encounter: Resource | None, lab: Lab, value: float) -> None:
    reference = {}
    if lab.low is not None:
        reference["low"] = quantity(lab.low, lab.unit, lab.unit)
    if lab.high is not None:
        reference["high"] = quantity(lab.high, lab.unit, lab.unit)
    flag = "N"
    if lab.high is not None and value > lab.high:
        flag = "H"
    elif lab.low is not None and value < lab.low:
        flag = "L"
    chart.observation(
        "laboratory",
        (lab.code, lab.name),
        at,
        encounter,
        valueQuantity=quantity(value, lab.unit, lab.unit),
        referenceRange=[reference],
        interpretation=[status("v3-ObservationInterpretation", flag)],
    )


SMOKING = (
    ("266919005", "Never smoked tobacco", 0.68),
    ("8517006", "Former smoker", 0.2),
    ("449868002", "Current every day smoker", 0.12),
)


def add_smoking(chart: Chart, body: Body, at: datetime, encounter: Resource | None) -> None:
    """Tobacco smoking status, in agreement with a history of dependence."""
    choice = body.rng.choices(SMOKING, [row[2] for row in SMOKING])[0]
    code, name, _ = SMOKING[1] if "Z87.891" in body.problems else choice
    chart.observation(
        "social-history",
        ("72166-2", "Tobacco smoking status"),
        at,
        encounter,
        valueCodeableConcept=concept("http://snomed.info/sct", code, name),
    )
