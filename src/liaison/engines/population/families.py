"""Households of the sample clinic: who lives together, how they are called, who insures them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from liaison.engines.population.tables.names import MIDDLE_NAMES, NICKNAMES, ORIGINS, Origin
from liaison.engines.population.tables.places import (
    AREA_CODES,
    COMMERCIAL,
    EMPLOYERS,
    MEDICAID,
    MEDICARE,
    OLD_CARDS,
    TOWNS,
    Plan,
    Town,
)

YEAR = 365.25


@dataclass
class Policy:
    """A policy with the person who holds it. Dependents are counted from 2, as on a card."""

    plan: Plan
    holder: "Person"
    subscriber_id: str
    group: str = ""
    employer: str = ""
    start: date = date(2020, 1, 1)


@dataclass
class Person:
    """Someone of a household. `families` are the family names in order; `given` may be empty (one name only)."""

    sex: str
    born: date
    families: tuple[str, ...]
    given: tuple[str, ...]
    role: str
    usual: str = ""
    prefix: str = ""
    suffix: str = ""
    mobile: str = ""
    email: str = ""
    interpreter: bool = False
    patient: bool = True
    policies: list[Policy] = field(default_factory=list)
    allergies: int | None = None

    @property
    def family(self) -> str:
        """The family name as one string."""
        return " ".join(self.families)

    @property
    def full_name(self) -> str:
        """Given and family names in the order of an address label."""
        return " ".join((*self.given, self.family))

    def age(self, on: date) -> int:
        """Completed years on a day."""
        return on.year - self.born.year - ((on.month, on.day) < (self.born.month, self.born.day))


@dataclass
class Household:
    """People at one address, with the telephone of the house."""

    number: int
    origin: Origin
    town: Town
    street: str
    unit: str
    phone: str
    language: tuple[str, str]
    people: list[Person] = field(default_factory=list)

    def grown_ups(self, today: date) -> list[Person]:
        """Members of 18 and more, in order."""
        return [person for person in self.people if person.age(today) >= 18]


class Builder:
    """Makes one household from its number; everything random comes from the seed and that number."""

    def __init__(self, seed: int, number: int, today: date) -> None:
        self.rng = Random(f"liaison people {seed} {number}")
        self.seed, self.number, self.today = seed, number, today
        rng = self.rng
        origin = rng.choices(ORIGINS, [origin.weight for origin in ORIGINS])[0]
        town = rng.choice(TOWNS)
        self.speaks_english = rng.random() >= origin.at_home
        self._phones = 0
        self.house = Household(
            number,
            origin,
            town,
            street=f"{rng.randrange(100, 2400)} {rng.choice(town.streets)}",
            unit=f"Apt {rng.randrange(1, 30)}{rng.choice('ABC')}" if rng.random() < 0.25 else "",
            phone=self.telephone(),
            language=("en", "English") if self.speaks_english else origin.language,
        )
        self._given: set[str] = set()

    def telephone(self) -> str:
        """A number of this household alone (until 350 households), from the lines kept for fiction."""
        slot = (self.number * 4 + self._phones) % (len(AREA_CODES) * 100)
        self._phones += 1
        return f"+1-{AREA_CODES[slot % len(AREA_CODES)]}-555-{100 + slot // len(AREA_CODES):04d}"

    def born(self, low: float, high: float) -> date:
        """A birth date for an age between two, in years, that is reached on today."""
        return self.today - timedelta(days=int(self.rng.uniform(low * YEAR, high * YEAR)) + 1)

    def given_name(self, sex: str) -> str:
        """A given name that nobody else of the household has."""
        names = self.house.origin.women if sex == "female" else self.house.origin.men
        free = [name for name in names if name not in self._given] or list(names)
        name = self.rng.choice(free)
        self._given.add(name)
        return name

    def person(self, sex: str, born: date, families: tuple[str, ...], role: str) -> Person:
        """A named member of the household with a telephone, mail and language as the age suggests; joins the house."""
        rng, house = self.rng, self.house
        given = [self.given_name(sex)]
        if house.origin.language[0] == "en" and rng.random() < 0.35:
            given.append(rng.choice(MIDDLE_NAMES[sex]))
        person = Person(sex, born, families, tuple(given), role)
        age = person.age(self.today)
        if given[0] in NICKNAMES and rng.random() < 0.5:
            person.usual = NICKNAMES[given[0]]
        if age >= 18:
            self._grown_up(person, age)
        house.people.append(person)
        return person

    def _grown_up(self, person: Person, age: int) -> None:
        rng = self.rng
        if rng.random() < (0.9 if age < 75 else 0.4) and self._phones < 4:
            person.mobile = self.telephone()
        if rng.random() < (0.8 if age < 70 else 0.4):
            person.email = f"person{self.number}-{len(self.house.people) + 1}@example.org"
        if rng.random() < 0.12:
            person.prefix = rng.choice(("Dr.", "Mr.") if person.sex == "male" else ("Dr.", "Ms.", "Mrs."))
        if person.sex == "male" and rng.random() < 0.02:
            person.suffix = rng.choice(("Jr.", "III"))
        if not self.speaks_english:
            person.interpreter = rng.random() < self.house.origin.interpreter + (0.25 if age >= 60 else 0)

    def family_names(self) -> tuple[str, ...]:
        """The family name of somebody unrelated: one, or two where that is the custom."""
        count = 2 if self.house.origin.two_families and self.rng.random() < 0.75 else 1
        return tuple(self.rng.sample(self.house.origin.families, count))

    def couple(self, low: float, high: float) -> tuple[Person, Person]:
        """Two grown-ups of similar age, usually of one name."""
        rng = self.rng
        first = self.person("male", self.born(low, high), self.family_names(), "spouse")
        age = first.age(self.today)
        sex = "male" if rng.random() < 0.04 else "female"
        own = self.house.origin.keeps_name or rng.random() < 0.2
        second = self.person(
            sex, self.born(max(20, age - 6), max(21, age + 4)), self.family_names() if own else first.families, "spouse"
        )
        return first, second

    def child_names(self, parents: tuple[Person, ...]) -> tuple[str, ...]:
        """A child's family name: the father's, or the first of each parent's where that is the custom."""
        if self.house.origin.two_families and len(parents) == 2:
            return parents[0].families[0], parents[1].families[0]
        return parents[0].families

    def children(self, parents: tuple[Person, ...], count: int) -> None:
        """Children of the parents, from 18 to 45 years younger than the younger one, none grown up."""
        youngest = min(parent.age(self.today) for parent in parents)
        oldest = min(17.9, youngest - 18)
        ages = sorted((self.rng.uniform(0.01, oldest) for _ in range(count)), reverse=True)
        names = self.child_names(parents)
        last = 99.0
        for age in ages:
            if last - age >= 0.85:
                self.person(self.rng.choice(("female", "male")), self.born(age, age), names, "child")
                last = age

    def alone(self, low: float, high: float) -> None:
        """Someone who lives alone; most name a son or daughter, sister or brother elsewhere to call."""
        rng = self.rng
        person = self.person(
            rng.choice(("female", "female", "male")), self.born(low, high), self.family_names(), "single"
        )
        if rng.random() < 0.7:
            age = person.age(self.today)
            born = self.born(age - 34, age - 20) if age >= 60 else self.born(max(18, age - 8), max(19, age + 8))
            kin = self.person(rng.choice(("female", "male")), born, person.families, "kin")
            kin.patient, kin.mobile = False, kin.mobile or self.telephone()

    # Kinds of households

    def one(self) -> None:
        """A single adult."""
        self.alone(18, 64)

    def elder(self) -> None:
        """Someone old who lives alone."""
        self.alone(66, 96)

    def pair(self) -> None:
        """A couple."""
        self.couple(24, 63)

    def elders(self) -> None:
        """An old couple."""
        self.couple(66, 88)

    def family(self) -> None:
        """Parents with children; one parent may see a doctor elsewhere, and still insure the others."""
        parents = self.couple(25, 53)
        self.children(parents, self.rng.choices((1, 2, 3, 4), (30, 45, 20, 5))[0])
        parents[0].patient = self.rng.random() < 0.75

    def single_parent(self) -> None:
        """One parent with children."""
        sex = "male" if self.rng.random() < 0.2 else "female"
        parent = self.person(sex, self.born(22, 48), self.family_names(), "parent")
        self.children((parent,), self.rng.choices((1, 2, 3), (50, 38, 12))[0])

    def three_generations(self) -> None:
        """Parents, children and a grandmother."""
        parents = self.couple(28, 46)
        self.children(parents, self.rng.choice((1, 2, 3)))
        oldest = max(parent.age(self.today) for parent in parents)
        self.person("female", self.born(oldest + 21, oldest + 38), parents[0].families, "grandparent")

    def twins(self) -> None:
        """A couple with twins."""
        parents = self.couple(27, 42)
        born = self.born(0.3, 8)
        for _ in range(2):
            self.person(self.rng.choice(("female", "male")), born, self.child_names(parents), "child")

    def build(self) -> Household:
        """The household, insured."""
        kinds: tuple[tuple[Callable[[], None], int], ...] = (
            (self.one, 22),
            (self.elder, 14),
            (self.pair, 12),
            (self.elders, 15),
            (self.family, 24),
            (self.single_parent, 10),
            (self.three_generations, 5),
            (self.twins, 1),
        )
        self.rng.choices([kind for kind, _ in kinds], [weight for _, weight in kinds])[0]()
        self.insure()
        return self.house

    # Insurance

    def policy(self, plan: Plan, holder: Person) -> Policy:
        """A new policy in someone's name."""
        employer = self.rng.choice(EMPLOYERS) if plan in COMMERCIAL else ""
        return Policy(
            plan,
            holder,
            _number(plan, self.rng.randrange(10**8, 10**9)),
            group=f"G{self.rng.randrange(1000, 9999)}" if employer else "",
            employer=employer,
            start=date(self.today.year - self.rng.choice((0, 1, 2, 4)), 1, 1),
        )

    def insure(self) -> None:
        """Medicare from 65; below it one commercial policy for the family, State Medicaid for each, or nothing."""
        rng, today = self.rng, self.today
        for person in self.house.people:
            if person.age(today) >= 65 and person.role != "kin":
                policy = self.policy(MEDICARE, person)
                turned = date(person.born.year + 65, person.born.month, 1)
                policy.start = max(turned, date(2006, 1, 1))
                person.policies.append(policy)
        younger = [person for person in self.house.people if person.age(today) < 65 and person.role != "kin"]
        if not younger:
            return
        draw = rng.random()
        minors = any(person.role == "child" for person in younger)
        if draw < 0.075:
            return
        if draw < (0.3 if minors else 0.2):
            for person in younger:
                person.policies.append(self.policy(MEDICAID, person))
            return
        holder = next(person for person in younger if person.role != "child")
        shared = self.policy(rng.choice(COMMERCIAL), holder)
        for person in younger:
            own = person.role == "grandparent"
            person.policies.append(self.policy(MEDICAID, person) if own else shared)


def _number(plan: Plan, drawn: int) -> str:
    """A subscriber number, as the payer gives them out."""
    ending = next((ending for one_of, ending in OLD_CARDS if drawn % one_of == 0), f"{drawn % 10**4:04d}")
    first = plan.numbers[drawn % len(plan.numbers)]
    return f"{plan.prefix}{first}{drawn // 10**4 % 10**4:04d}{ending}"
