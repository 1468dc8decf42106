"""Addresses of payers as settings name them: one for all, or one for some payers alone.

A setting holds one address or several with spaces between them. `STCAI=sftp://…` is for the payer (or payers, with
commas) of that ID; the one without names is for all others.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Address:
    """An address, and for which payers it is; `others` are those that have one of their own."""

    where: str
    payers: frozenset[str]
    others: frozenset[str]

    def takes(self, payer: str) -> bool:
        """Whether what goes to a payer goes there."""
        return payer in self.payers if self.payers else payer not in self.others


def addresses(setting: str) -> list[Address]:
    """The addresses that a setting names; none in an empty one."""
    found: list[tuple[frozenset[str], str]] = []
    for word in setting.split():
        head, mark, address = word.partition("=")
        named = bool(mark) and "://" not in head
        found.append((frozenset(filter(None, head.split(","))) if named else frozenset(), address if named else word))
    others = frozenset().union(*(payers for payers, _ in found))
    return [Address(where, payers, others) for payers, where in found]
