"""A schedule made up for tests (a disease called Testitis, vaccine 900), and patients in a few words."""

from datetime import date, timedelta
from typing import Any

from liaison.engines import cdsi
from liaison.engines.cdsi.schedule_file import pack, read

BORN = date(2020, 1, 1)
TODAY = date(2024, 1, 1)
ANTIGEN = "Testitis"
Row = dict[str, Any]


def dose(number: int, *ages: str | None, **more: Any) -> Row:
    """A series dose, with vaccine 900 preferable, 901 (under 3 years) and 902 allowable.

    `ages` are absolute minimum, minimum, earliest and latest recommended, maximum; `interval` the first four of them,
    from the previous dose.
    """
    row: Row = {"number": number, "preferable": 0, "allowable": 1, "inadvertent": 0}
    if ages:
        row["ages"] = [[*ages, *[None] * (5 - len(ages)), None]]
    if interval := more.pop("interval", None):
        row["intervals"] = [{"from": "previous", "spans": [*interval, *[None] * (4 - len(interval))]}]
    return row | more


def skip(*conditions: Row, context: str = "both", all_of: bool = True, period: list[str | None] | None = None) -> Row:
    """A conditional skip of one set of conditions, all or one of which must be met."""
    found: Row = {"all_of": all_of, "conditions": list(conditions)}
    if period:
        found["period"] = period
    return {"context": context, "all_of": True, "sets": [found]}


def series(name: str, *doses: Row, **more: Any) -> Row:
    """An antigen series; without more words a standard default series of group 1."""
    return {
        "name": name,
        "vaccine_group": ANTIGEN,
        "type": "Standard",
        "group": "1",
        "group_name": "Standard",
        "equivalent_groups": [],
        "genders": [],
        "default": True,
        "product_path": False,
        "priority": "A",
        "preference": 1,
        "minimum_age_to_start": None,
        "maximum_age_to_start": None,
        "guidance": [],
        "indications": [],
        "doses": list(doses),
    } | more


def antigen(*found: Row, name: str = ANTIGEN, **more: Any) -> Row:
    return {
        "name": name,
        "immune_by": [],
        "immune_by_birth": [],
        "contraindications": [],
        "vaccine_contraindications": [],
        "series": list(found),
    } | more


def schedule(*antigens: Row, **more: Any) -> cdsi.Schedule:
    """A schedule of these antigens, in one vaccine group; vaccine 900 has them all, 901 and the live 902 the first."""
    names = [found["name"] for found in antigens]
    document: Row = {
        "source": "made up",
        "version": "0",
        "groups": [[ANTIGEN, names, True]],
        "vaccines": [
            ["900", "combined", [[name, None, None] for name in names]],
            ["901", "single", [[names[0], None, None]]],
            ["902", "live", [[names[0], None, None]]],
            ["903", "for the old", [[names[0], "50 years", None]]],
        ],
        "conflicts": [[["1 day", "24 days", "28 days"], [["902", "902"]]]],
        "observations": [["001", "one", [["SNOMED", "123"]]], ["002", "two", [["SNOMED", "123"]]]],
        "antigens": list(antigens),
        "vaccine_lists": [
            [["900", "0 days", None, None, None, 0.5, True]],
            [["901", "0 days", "3 years", None, None, None, False], ["902", None, None, None, None, None, False]],
            [["900", None, None, "MSD", "Abecedin", None, True]],
            [],
            [["902", None, None, None, None, None, True]],
            [["900", None, None, None, None, None, True], ["902", "2 years", None, None, None, None, True]],
        ],
        "vaccine_sets": [[], ["902"], ["900"]],
    }
    return read(pack(document | more))


def patient(*doses: tuple[str, str], observations: str = "", born: date = BORN, gender: str = "F") -> cdsi.Patient:
    """A patient with doses as (date, or days after BORN as "+60"; CVX or CVX/MVX) and codes of observations."""
    given = []
    for when, product in doses:
        day = BORN + timedelta(days=int(when)) if when.startswith("+") else date.fromisoformat(when)
        cvx, _, mvx = product.partition("/")
        given.append(cdsi.Dose(day, cvx, mvx or None))
    seen = tuple(cdsi.Observation(code) for code in observations.split())
    return cdsi.Patient(born, gender, tuple(given), seen)


def evaluated(found: cdsi.Result, name: str = ANTIGEN) -> list[str]:
    """Each dose's status with its reasons, in order of time: "Valid", "Not Valid: TOO_YOUNG, TOO_SOON"."""
    told = []
    for given in found.doses:
        for each in given.by_antigen:
            if each.antigen == name:
                reasons = ", ".join(finding.reason.name for finding in each.findings)
                told.append(f"{each.status.value}: {reasons}" if reasons else each.status.value)
    return told


def dates(found: cdsi.GroupForecast) -> list[str | None]:
    """Earliest, recommended, past due."""
    return [day.isoformat() if day else None for day in (found.earliest, found.recommended, found.past_due)]
