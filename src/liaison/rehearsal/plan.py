"""Who comes on the rehearsed day, for what, and how it goes for them: drawn from the seed, before anybody acts."""

from dataclasses import dataclass
from datetime import date
from random import Random
from uuid import UUID

from liaison.kernel import names
from liaison.people.models import Patient
from liaison.places.models import Site
from liaison.rehearsal.bedside import STORIES, Story


@dataclass(frozen=True)
class Plan:
    """One visit as it will go. `early` is minutes before the booked time (late: below 0)."""

    number: int
    patient_id: UUID
    age_days: int
    site_id: UUID
    visit_type: str
    story: Story
    asked_days_before: int
    fate: str  # comes, cancels, misses, leaves
    moves: bool
    early: int
    abnormal: bool
    seed: str

    def rng(self, part: str) -> Random:
        """Chance of its own for each part of the visit, so that what one actor does changes nothing for another."""
        return Random(f"{self.seed}:{part}")  # a rehearsal is to be repeatable, not secret


FATES = ("comes",) * 86 + ("cancels",) * 5 + ("misses",) * 6 + ("leaves",) * 3


def plans(seed: int, count: int, day: date) -> list[Plan]:
    """Plans for `count` visits on `day`, of different patients; fewer when there are not enough people."""
    rng = Random(f"{seed}:{day}")
    sites = list(Site.objects.filter(active=True).order_by("code"))
    living = Patient.objects.filter(active=True, deceased_on=None, birth_date__lte=day, restricted=False).order_by(
        "mrn"
    )
    people = list(living.values_list("pk", "birth_date"))
    rng.shuffle(people)
    return [
        _plan(rng, f"{seed}:{day}:{number}", number, person, sites, day) for number, person in enumerate(people[:count])
    ]


def _plan(rng: Random, seed: str, number: int, person: tuple[UUID, date], sites: list[Site], day: date) -> Plan:
    patient_id, born = person
    years = names.age_years(born, day)
    if years < 18:
        kind = rng.choices(("well-child", "acute"), (2, 1))[0]
    else:
        kind = rng.choices(("follow-up", "acute", "annual-exam", "new-patient", "nurse-visit"), (42, 26, 14, 10, 8))[0]
    return Plan(
        number=number,
        patient_id=patient_id,
        age_days=max(0, names.age_days(born, day)),
        # The larger site sees two of three patients
        site_id=sites[0 if len(sites) == 1 or rng.random() < 0.7 else 1].pk,
        visit_type=kind,
        story=rng.choice(STORIES[kind]),
        asked_days_before=rng.randint(1, 9) if kind != "acute" else rng.randint(0, 1),
        fate=rng.choice(FATES),
        moves=rng.random() < 0.07,
        early=rng.choice((22, 15, 12, 10, 8, 5, 3, 0, -4, -9)),
        abnormal=rng.random() < 0.14,
        seed=seed,
    )
