"""What the scrubber looks at, and what it says."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Severity(StrEnum):
    """`stop`: must be mended. `warn`: holds the claim until it is mended, or a person lets it pass with a reason."""

    STOP = "stop"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Provider:
    """Somebody that the claim names; `name` as a sentence says it."""

    name: str = ""
    npi: str = ""
    taxonomy: str = ""


@dataclass(frozen=True, slots=True)
class Drug:
    """What was given: `ndc` as it was typed, `quantity` as a decimal in words, `unit` ML, UN, GR, ME or F2."""

    ndc: str = ""
    quantity: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A service line; `pointers` count the claim's diagnoses from 1."""

    code: str
    day: date
    modifiers: tuple[str, ...] = ()
    units: int = 1
    cents: int = 0
    pointers: tuple[int, ...] = ()
    drug: Drug | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """A claim, or charges that become one. `age` in whole years on the day of service, `sex` F, M or U."""

    payer: str  # the electronic payer ID
    payer_name: str
    day: date
    today: date
    lines: tuple[Line, ...]
    diagnoses: tuple[str, ...]
    age: int
    sex: str
    place: str = "11"
    member_id: str = ""
    coverage_kind: str = ""
    billing: Provider = field(default_factory=Provider)
    tax_id: str = ""
    rendering: Provider = field(default_factory=Provider)
    referring: Provider | None = None
    ordering: Provider | None = None
    supervising: Provider | None = None
    authorization: str = ""
    referral: str = ""
    clia: str = ""
    note: str = ""
    has_accident: bool = False
    frequency: str = "1"
    original_number: str = ""
    responsibility: str = "P"
    first_sent: date | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to mend: `sentence` says what is wrong, `mend` how to mend it, `field` and `link` where.

    `link` is claim, coding, patient, coverage, staff, practice, site, payer or rules. `line` counts from 1, 0 is the
    whole claim.
    """

    rule: str
    severity: Severity
    sentence: str
    mend: str = ""
    field: str = ""
    link: str = "claim"
    line: int = 0
