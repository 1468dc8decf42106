"""The families of outpatient visits that have levels, each with its codes and the least minutes of each.

The numbers are those of CPT 2024, which says "must be met or exceeded"; those of 2021 began at the same minutes.
"""

from dataclasses import dataclass

from liaison.engines.evaluation.table import Level


@dataclass(frozen=True, slots=True)
class Step:
    """A level of a family: its code, and the least minutes of the provider's time."""

    level: Level
    code: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Family:
    """Visits of one place and kind. `staff` is the code of a visit without a provider, where there is one."""

    key: str
    title: str
    steps: tuple[Step, ...]
    staff: str = ""

    def code(self, level: Level) -> str:
        """The code of a level."""
        return self.steps[level - Level.STRAIGHTFORWARD].code

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code of the family, the lowest first."""
        return (*((self.staff,) if self.staff else ()), *(step.code for step in self.steps))


def _family(key: str, title: str, *steps: tuple[str, int], staff: str = "") -> Family:
    return Family(key, title, tuple(Step(level, *step) for level, step in zip(Level, steps, strict=True)), staff)


FAMILIES = (
    _family("office-new", "office visit, new patient", ("99202", 15), ("99203", 30), ("99204", 45), ("99205", 60)),
    _family(
        "office-established", "office visit, established patient",
        ("99212", 10), ("99213", 20), ("99214", 30), ("99215", 40), staff="99211",
    ),
    _family("consultation", "office consultation", ("99242", 20), ("99243", 30), ("99244", 40), ("99245", 55)),
    _family("home-new", "visit at home, new patient", ("99341", 15), ("99342", 30), ("99344", 60), ("99345", 75)),
    _family(
        "home-established", "visit at home, established patient",
        ("99347", 20), ("99348", 30), ("99349", 40), ("99350", 60),
    ),
)  # fmt: skip
_BY_CODE = {code: family for family in FAMILIES for code in family.codes}


def family_of(code: str) -> Family | None:
    """The family of a code; None for what has no levels, like a preventive visit."""
    return _BY_CODE.get(code)
