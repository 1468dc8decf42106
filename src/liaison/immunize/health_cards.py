"""SMART Health Cards of this practice: its keys, and the cards it signs for a patient."""

import os
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from django.conf import settings

from liaison.engines import healthcards
from liaison.engines.healthcards import CardDose, Holder, Key, KeyRing
from liaison.engines.healthcards.keys import NotAKey
from liaison.immunize.models import Immunization, Source
from liaison.immunize.queries.history import local_day
from liaison.immunize.queries.seen import history_of
from liaison.kernel import clock
from liaison.kernel.errors import Conflict, Invalid
from liaison.people.models import Patient
from liaison.people.queries import patient_for
from liaison.record import audit
from liaison.record.actor import Actor

NAME = "health-card-keys.json"
ANSWERED_FOR = (Source.GIVEN, Source.REGISTRY)
"""What a practice may assert without being asked: what it gave itself, and what the state's registry says."""


def path_of_keys() -> Path:
    """Where the keys stand, readable by their owner only."""
    found: Path = settings.HOME / NAME
    return found


def ring() -> KeyRing:
    """The keys of this home; made at the first use. Raises Invalid for a file that is none."""
    path = path_of_keys()
    if not path.exists():
        _write(path, KeyRing(Key.generate()), first=True)
    return _read(path, path.stat().st_mtime_ns)


def rotate() -> KeyRing:
    """Let a new key sign from now on. Of the old one the public half stays, so that its cards are still verified."""
    found = ring().rotated(Key.generate())
    _write(path_of_keys(), found, first=False)
    return found


@lru_cache(maxsize=2)
def _read(path: Path, changed: int) -> KeyRing:
    try:
        return KeyRing.read(path.read_text("utf-8"))
    except NotAKey:
        raise Invalid("no-keys", f"{path} holds no health card keys. Put it back from a backup.") from None


def _write(path: Path, keys: KeyRing, *, first: bool) -> None:
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(keys.written())
    if not first:
        beside.replace(path)
        return
    try:
        os.link(beside, path)  # of two processes that begin, one makes the key
    except FileExistsError:
        pass
    finally:
        beside.unlink()


@dataclass(frozen=True)
class Offer:
    """A dose that may stand on a card, and whether it does."""

    row: Immunization
    chosen: bool


@dataclass(frozen=True)
class Issued:
    """A patient's doses that may stand on cards, and the cards of those that were chosen."""

    patient: Patient
    offers: tuple[Offer, ...]
    cards: tuple[str, ...]

    @property
    def chosen(self) -> list[Immunization]:
        return [one.row for one in self.offers if one.chosen]


def issue(
    actor: Actor, patient_id: UUID, *, issuer: str, practice: str, only: Collection[UUID] | None = None
) -> Issued:
    """Sign a patient's doses: those given here and from the registry, or `only` these. The issue is audited.

    `issuer` is the address under which the keys are found, `practice` the name that stands as performer of doses given
    here. Raises Forbidden, NotFound; Conflict when none of `only` is a dose of the patient's.
    """
    actor.require("immunize.read")
    patient = patient_for(actor, patient_id)
    rows = history_of(patient.pk)
    offers = tuple(
        Offer(row, row.pk in only if only is not None else row.source in ANSWERED_FOR)
        for row in sorted(rows, key=lambda row: (row.occurred_at, row.cvx))
    )
    doses = [_dose(one.row, practice) for one in offers if one.chosen]
    if only is not None and not doses:
        raise Conflict("no-doses", "Choose a dose at least: a card says something.", "dose")
    signed: list[str] = []
    if doses:
        holder = Holder(patient.family, tuple(patient.given.split()), patient.birth_date)
        at = int(clock.now().timestamp())
        signed = healthcards.cards(ring().signing, issuer, at, holder, doses)
        seen = [f"Immunization/{one.row.pk}" for one in offers if one.chosen]
        audit.looked(actor, patient.pk, ["SMART Health Card", *seen], reason="health card")
    return Issued(patient, offers, tuple(signed))


def _dose(row: Immunization, practice: str) -> CardDose:
    by = practice if row.source == Source.GIVEN else ""
    return CardDose(row.cvx.zfill(2), local_day(row), row.lot_number, by[:80])
