"""People whom every sample clinic has, to try the pages on: long, single and double names, no telephone, extremes."""

from collections.abc import Callable
from datetime import date, timedelta

from liaison.engines.population.families import Builder
from liaison.engines.population.tables.names import ORIGINS
from liaison.engines.population.tables.places import TOWNS


def _born_here(builder: Builder) -> None:
    """Makes the household an English-speaking one, as the invented name suggests."""
    builder.house.origin = ORIGINS[0]
    builder.house.language = ORIGINS[0].language
    builder.speaks_english = True


def newborn(builder: Builder) -> None:
    """A couple with a child of three days."""
    parents = builder.couple(26, 38)
    builder.person("female", builder.today - timedelta(days=3), builder.child_names(parents), "child")


def long_name(builder: Builder) -> None:
    """A woman whose full name has 60 characters."""
    _born_here(builder)
    person = builder.person(
        "female", builder.born(41, 44), ("Featherstonehaugh-Wolfeschlegel", "Quarrington"), "single"
    )
    person.given, person.usual, person.suffix, person.prefix = ("Alexandrina", "Kate"), "Xandra", "", ""


def one_name(builder: Builder) -> None:
    """A man with a family name only."""
    _born_here(builder)
    person = builder.person("male", builder.born(29, 33), ("Suharto",), "single")
    person.given, person.usual, person.suffix, person.prefix = (), "", "", ""


def namesake(town: int) -> Callable[[Builder], None]:
    """A woman who shares name and birth date with another in the other town."""

    def build(builder: Builder) -> None:
        _born_here(builder)
        person = builder.person("female", date(builder.today.year - 47, 3, 14), ("Johnson",), "single")
        person.given, person.usual, person.suffix, person.prefix = ("Linda", "Marie"), "", "", ""
        builder.house.town, builder.house.unit = TOWNS[town], ""
        builder.house.street = ("118 Prairie Avenue", "2207 Quarry Road")[town]

    return build


def no_telephone(builder: Builder) -> None:
    """A man without telephone and mail."""
    _born_here(builder)
    person = builder.person("male", builder.born(58, 62), ("Pettigrew",), "single")
    person.given, person.mobile, person.email = ("Silas",), "", ""
    builder.house.phone = ""


def many_allergies(builder: Builder) -> None:
    """A woman with forty allergies."""
    _born_here(builder)
    person = builder.person("female", builder.born(55, 57), ("Abernathy",), "single")
    person.given, person.allergies = ("Prudence",), 40


def very_old(builder: Builder) -> None:
    """A woman of 101."""
    builder.person("female", builder.born(101.1, 101.8), builder.family_names(), "single")


def infant_twins(builder: Builder) -> None:
    """A couple with twins of about five months."""
    parents = builder.couple(29, 35)
    born = builder.today - timedelta(days=150)
    for sex in ("female", "male"):
        builder.person(sex, born, builder.child_names(parents), "child")


# By household number: early, so that a small sample has them all.
SPECIAL: dict[int, Callable[[Builder], None]] = {
    1: newborn,
    3: long_name,
    5: one_name,
    6: namesake(0),
    7: namesake(1),
    9: no_telephone,
    10: many_allergies,
    11: very_old,
    12: infant_twins,
}
