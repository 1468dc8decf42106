"""ORC, RXA, RXR and OBX: what was given, refused or is due, as plain data."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal

from liaison.engines.hl7v2.parties import Clinician, Coded

NOT_ADMINISTERED = "998"


@dataclass(frozen=True, slots=True)
class Vis:
    """A Vaccine Information Statement that was handed over: by its bar code's `document`, or by `cvx` and edition."""

    presented: datetime.date | None = None
    published: datetime.date | None = None
    document: str = ""
    cvx: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Dose:
    """One dose as a VXU tells it or a registry knows it.

    `id` is its number in ORC-3 with `authority`. `source` is of NIP001 (00 given by the sender), `completion` CP, RE
    (`refusal` says why, NIP002), NA or PA, `action` A, U or D. `quantity` None writes 999. `route` and `site` are of
    HL7 tables 0162 and 0163. `reactions` and `immunities` are codes.
    """

    vaccine: Coded
    given_on: datetime.date | None
    id: str = ""
    authority: str = ""
    source: str = "00"
    completion: str = "CP"
    action: str = "A"
    quantity: Decimal | None = None
    unit: str = ""
    lot: str = ""
    expires_on: datetime.date | None = None
    mvx: str = ""
    manufacturer: str = ""
    route: str = ""
    site: str = ""
    refusal: str = ""
    refusal_text: str = ""
    entered_by: Clinician | None = None
    ordered_by: Clinician | None = None
    given_by: Clinician | None = None
    facility: str = ""
    recorded_at: datetime.datetime | None = None
    eligibility: str = ""
    funding: str = ""
    vis: tuple[Vis, ...] = ()
    reactions: tuple[str, ...] = ()
    immunities: tuple[Coded, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def cvx(self) -> str:
        return self.vaccine.cvx

    @property
    def ndc(self) -> str:
        return self.vaccine.in_system("NDC")


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a registry thinks of a dose: for one vaccine type, whether it counts, and as which dose."""

    vaccine: Coded
    valid: bool | None = None
    number: str = ""
    doses: str = ""
    reason: str = ""
    series: str = ""
    status: str = ""
    schedule: str = ""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What a registry thinks is due: `status` in plain words where its code is known."""

    vaccine: Coded
    earliest: datetime.date | None = None
    due: datetime.date | None = None
    overdue: datetime.date | None = None
    latest: datetime.date | None = None
    number: str = ""
    doses: str = ""
    status: str = ""
    reason: str = ""
    series: str = ""
    schedule: str = ""

    @property
    def cvx(self) -> str:
        return self.vaccine.cvx


@dataclass(frozen=True, slots=True)
class KnownDose:
    """A dose in a registry's answer with the registry's evaluations of it."""

    dose: Dose
    evaluations: tuple[Evaluation, ...] = ()
