"""Puts households, histories and vaccine records together, one bundle a person."""

from collections.abc import Iterator
from datetime import date
from random import Random

from liaison.engines.population.families import Builder, Household, Person
from liaison.engines.population.history import History
from liaison.engines.population.registration import add_coverages, add_patient
from liaison.engines.population.resources import Chart, Resource
from liaison.engines.population.shots import VaccineRecord
from liaison.engines.population.special import SPECIAL


def generate(seed: int, patients: int, today: date) -> Iterator[Resource]:
    """Invented patients with their histories up to the day before `today`, each as a FHIR R4 transaction bundle.

    The same arguments give the same bundles, ids included; fewer patients are the first of more. Members of a
    household follow one another. Raises ValueError where `patients` is negative.
    """
    if patients < 0:
        raise ValueError("the number of patients cannot be negative")
    number = 0
    for house in _households(seed, today):
        for person in house.people:
            if number == patients:
                return
            if person.patient:
                number += 1
                yield _bundle(seed, number, house, person, today)


def _households(seed: int, today: date) -> Iterator[Household]:
    number = 0
    while True:
        builder = Builder(seed, number, today)
        special = SPECIAL.get(number)
        if special:
            special(builder)
            builder.insure()
            yield builder.house
        else:
            yield builder.build()
        number += 1


def _bundle(seed: int, number: int, house: Household, person: Person, today: date) -> Resource:
    rng = Random(f"liaison history {seed} {number}")
    chart = Chart(seed, number)
    add_patient(chart, house, person, number, seed, today)
    add_coverages(chart, house, person, today)
    history = History(rng, chart, person, today)
    history.write()
    if history.known:
        VaccineRecord(rng, chart, person, history.visits, today).write()
    return chart.bundle()
