"""A made-up past: which doses somebody may have had elsewhere, from their name and birth date alone."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

from liaison.engines.hl7v2 import Coded, Dose
from liaison.engines.vaccines import facts

# Days after birth, vaccines (CVX): the routine schedule of the first years
_CHILD = (
    (0, ("08",)),
    (62, ("110", "49", "133", "116")),
    (124, ("110", "49", "133", "116")),
    (186, ("110", "133")),
    (370, ("03", "21", "83", "133", "49")),
    (480, ("20",)),
    (560, ("83",)),
    (1500, ("130", "94")),
    (4050, ("115", "165", "114")),
    (4260, ("165",)),
    (5860, ("114",)),
)
_GROWN_UP = ((18, "03"), (19, "115"), (30, "115"), (40, "115"), (50, "187"), (51, "187"), (65, "216"))


def past_of(family: str, given: str, born: date, today: date) -> list[Dose]:
    """The doses of somebody's past up to some weeks ago: the same every time, a few of them missed."""
    seed = hashlib.sha256(f"{family}|{given}|{born}".encode()).digest()
    until = today - timedelta(40)
    planned: list[tuple[date, str]] = []
    if (today - born).days < 19 * 366:
        late = seed[0] % 30
        for days, cvxs in _CHILD:
            planned += [(born + timedelta(days + (late if days else 0)), cvx) for cvx in cvxs]
    else:
        planned += [(born + timedelta(years * 365 + seed[1]), cvx) for years, cvx in _GROWN_UP]
    planned += [
        (date(year, 10, 1 + seed[2] % 25), "150") for year in range(max(born.year + 1, today.year - 4), today.year + 1)
    ]
    told = []
    for number, (day, cvx) in enumerate(sorted(planned)):
        # Everybody has missed some
        if not born <= day <= until or seed[3 + number % 28] % 6 == 0:
            continue
        vaccine = facts().vaccine(cvx)
        words = vaccine.short if vaccine is not None else ""
        told.append(
            Dose(
                Coded(cvx, words, "CVX"),
                day,
                f"{seed[:6].hex()}-{number}",
                "SANDBOX",
                source="00",
                lot=f"S{seed[number % 32]:03d}A",
            )
        )
    return told


def is_unknown(family: str, given: str, born: date) -> bool:
    """Whether the registry has never heard of somebody: one in eight."""
    return hashlib.sha256(f"unknown|{family}|{given}|{born}".encode()).digest()[0] % 8 == 0


def has_namesake(family: str, given: str, born: date) -> bool:
    """Whether somebody of nearly the same name was born on the same day: one in six."""
    return hashlib.sha256(f"namesake|{family}|{given}|{born}".encode()).digest()[0] % 6 == 0
