"""Patient search among 100,000 patients: how long an answer takes, and whether the one meant is among the first five.

Every search is what somebody types at the front desk: names in both orders, beginnings, misspellings of one letter,
birth dates, telephones, MRNs. The time is that of `people.queries.search`, audit entry included.
"""

import json
import os
import random
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from bench.support import on_both

if TYPE_CHECKING:
    from liaison.people.models import Patient

PATIENTS, SEARCHES, CHUNK = 100_000, 1000, 2000
# What leaves open who is meant: timed, but nobody in particular is looked for
OPEN = ("family alone", "birth date", "one letter")
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def main() -> dict[str, object]:
    """Milliseconds an answer takes, and the share of searches that show the patient meant, on both databases."""
    return {"patients": PATIENTS, "searches": SEARCHES, **on_both("-m", "bench.bench_patient_search")}


def measure() -> dict[str, object]:
    """Fill this process's clinic and search it."""
    from liaison.people.queries import search
    from liaison.record.actor import machine

    chance = random.Random(7)
    patients = fill(chance)
    actor = machine("bench")
    times: dict[str, list[float]] = {}
    missed: dict[str, int] = {}
    kinds = list(TYPED)
    for number in range(SEARCHES):
        kind = kinds[number % len(kinds)]
        meant = chance.choice(patients)
        text = TYPED[kind](meant, chance)
        start = time.perf_counter()
        found = search(actor, text)
        times.setdefault(kind, []).append((time.perf_counter() - start) * 1000)
        if kind not in OPEN and meant.pk not in [one.pk for one in found[:5]]:
            missed[kind] = missed.get(kind, 0) + 1
    every = sorted(one for some in times.values() for one in some)
    figures: dict[str, object] = {
        "p50_ms": every[len(every) // 2],
        "p95_ms": every[len(every) * 95 // 100],
        "p99_ms": every[len(every) * 99 // 100],
        "under_20_ms_percent": 100 * sum(one < 20 for one in every) / len(every),
        "among_first_five_percent": 100
        * (1 - sum(missed.values()) / sum(len(times[kind]) for kind in kinds if kind not in OPEN)),
    }
    for kind, some in times.items():
        some.sort()
        words = f"p95 {some[len(some) * 95 // 100]:.1f} ms"
        if kind not in OPEN:
            words += f", {100 * (1 - missed.get(kind, 0) / len(some)):.0f} % among the first five"
        figures[kind.replace(" ", "_")] = words
    return figures


def fill(chance: random.Random) -> "list[Patient]":
    """Register the patients in bulk, inside changes, with names of many origins."""
    from django.db import connection

    from liaison.people.actions import index_names
    from liaison.people.models import Patient
    from liaison.record.actor import machine
    from liaison.record.change import change

    people = names(chance)
    patients: list[Patient] = []
    for first in range(0, PATIENTS, CHUNK):
        some = []
        for number in range(first, min(first + CHUNK, PATIENTS)):
            family, given = next(people)
            born = date(1930, 1, 1) + timedelta(days=chance.randrange(96 * 365))
            phone = f"+1312{chance.randrange(2_000_000, 9_999_999)}"
            some.append(
                Patient(
                    mrn=f"{number + 1:06d}", family=family, given=given, birth_date=born, sex="unknown", phone=phone
                )
            )
        with change(machine("bench"), "people.write") as this:
            this.save_new(some)
            index_names(some)
        patients += some
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as PostgreSQL's autovacuum does within minutes of such a load
    return patients


def names(chance: random.Random) -> Iterator[tuple[str, str]]:
    """Full names without end: as uneven as in a town, the common ones by the thousand and most a handful of times."""
    from liaison.engines.population.tables.names import ORIGINS

    starts = (
        "Bar",
        "Cor",
        "Dal",
        "Fen",
        "Gar",
        "Hol",
        "Kal",
        "Lan",
        "Mor",
        "Nor",
        "Pet",
        "Ros",
        "Sal",
        "Tor",
        "Wal",
        "Zel",
    )
    middles = ("a", "ba", "de", "en", "i", "ka", "le", "mi", "ne", "o", "ra", "ri", "sta", "tu", "va", "we")
    ends = (
        "berg",
        "dez",
        "field",
        "ger",
        "ic",
        "kowski",
        "land",
        "man",
        "nen",
        "ov",
        "quist",
        "rez",
        "son",
        "ton",
        "wood",
        "yan",
    )
    made = [
        start + middle + more + end for start in starts for middle in middles for more in ("", *middles) for end in ends
    ]
    given = [name for origin in ORIGINS for name in (*origin.women, *origin.men)]
    known = [name for origin in ORIGINS for name in origin.families]
    while True:
        family = chance.choice(known) if chance.random() < 0.35 else chance.choice(made)
        yield family, " ".join(chance.sample(given, 2 if chance.random() < 0.3 else 1))


def mistyped(word: str, chance: random.Random) -> str:
    """The word with one letter too many, missing, wrong, or swapped with the next."""
    at = chance.randrange(1, max(2, len(word) - 1))
    letter = chance.choice(LETTERS)
    return chance.choice(
        (
            word[:at] + letter + word[at:],
            word[:at] + word[at + 1 :],
            word[:at] + letter + word[at + 1 :],
            word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
        )
    )


TYPED: "dict[str, Callable[[Patient, random.Random], str]]" = {
    "family and given": lambda one, chance: f"{one.family}, {one.given}",
    "given and family": lambda one, chance: f"{one.given} {one.family}".lower(),
    "beginnings": lambda one, chance: f"{one.family[:4]} {one.given[:3]}",
    "family alone": lambda one, chance: one.family,
    "misspelled family": lambda one, chance: f"{mistyped(one.family, chance)} {one.given}",
    "both misspelled": lambda one, chance: f"{mistyped(one.family, chance)} {mistyped(one.given, chance)}",
    "birth date": lambda one, chance: f"{one.birth_date:%m/%d/%Y}",
    "misspelled with birth date": lambda one, chance: f"{mistyped(one.family, chance)} {one.birth_date:%m/%d/%y}",
    "telephone": lambda one, chance: f"({one.phone[2:5]}) {one.phone[5:8]}-{one.phone[8:]}",
    "telephone without area": lambda one, chance: f"{one.phone[5:8]}-{one.phone[8:]}",
    "mrn": lambda one, chance: one.mrn,
    "one letter": lambda one, chance: one.family[:1],
}

if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liaison.settings")
    django.setup()
    print(json.dumps(measure()))
