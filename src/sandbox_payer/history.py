"""What a payer remembers between files: deductibles met, claims seen, numbers given out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


class History(Protocol):
    """The payer's memory; adjudication reads it and adds to it."""

    def deductible_met(self, payer: str, member: str, year: int) -> int:
        """Cents of the deductible that this member met in the year."""

    def add_deductible(self, payer: str, member: str, year: int, cents: int) -> None:
        """Add to what was met."""

    def seen(self, fingerprint: str) -> str:
        """The payer's claim number under which these services were adjudicated before, or an empty string."""

    def remember(self, fingerprint: str, claim_number: str) -> None:
        """Note that these services were adjudicated."""

    def next_number(self, kind: str) -> int:
        """The next number of a series (claims, payments, interchanges), from 1."""

    def recall(self, kind: str, key: str) -> str:
        """What was noted last under a key (visits used, authorizations, judged claims); empty for nothing."""

    def note(self, kind: str, key: str, value: str) -> None:
        """Note something, in place of what was noted before; nothing is noted by an empty value."""


@dataclass(slots=True)
class MemoryHistory:
    """A memory that ends with the process."""

    deductibles: dict[tuple[str, str, int], int] = field(default_factory=dict)
    claims: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    notes: dict[tuple[str, str], str] = field(default_factory=dict)

    def deductible_met(self, payer: str, member: str, year: int) -> int:
        return self.deductibles.get((payer, member, year), 0)

    def add_deductible(self, payer: str, member: str, year: int, cents: int) -> None:
        key = (payer, member, year)
        self.deductibles[key] = self.deductibles.get(key, 0) + cents

    def seen(self, fingerprint: str) -> str:
        return self.claims.get(fingerprint, "")

    def remember(self, fingerprint: str, claim_number: str) -> None:
        self.claims[fingerprint] = claim_number

    def next_number(self, kind: str) -> int:
        self.numbers[kind] = self.numbers.get(kind, 0) + 1
        return self.numbers[kind]

    def recall(self, kind: str, key: str) -> str:
        return self.notes.get((kind, key), "")

    def note(self, kind: str, key: str, value: str) -> None:
        self.notes[kind, key] = value


def visits_used(history: History, payer: str, member: str, kind: str, year: int) -> int:
    """Visits of a service type that a member used in a year."""
    return int(history.recall("visits", _visits(payer, member, kind, year)) or 0)


def use_visit(history: History, payer: str, member: str, kind: str, year: int) -> None:
    used = visits_used(history, payer, member, kind, year) + 1
    history.note("visits", _visits(payer, member, kind, year), str(used))


def _visits(payer: str, member: str, kind: str, year: int) -> str:
    return f"{payer}/{member}/{kind}/{year}"
