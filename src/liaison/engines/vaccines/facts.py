"""The facts themselves: plain rows, and where to look them up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from liaison.engines.vaccines.ndc import candidates


@dataclass(frozen=True, slots=True)
class Vaccine:
    """A CVX code. `groups` are the vaccine groups of the CDC's table (DTAP, HepB, ...)."""

    cvx: str
    short: str
    full: str
    active: bool
    status: str = "Active"  # Active, Inactive, Non-US, Never Active
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Manufacturer:
    """An MVX code."""

    mvx: str
    name: str
    active: bool


@dataclass(frozen=True, slots=True)
class TradeName:
    """A name that a vaccine is sold under."""

    name: str
    mvx: str
    active: bool


@dataclass(frozen=True, slots=True)
class Product:
    """A package by its NDC: a unit of sale (a carton) or of use (the syringe in it).

    `doses` is how many the package holds, None where the CDC's words do not tell. `uses` are the NDCs (eleven digits)
    of the units of use in a unit of sale. `ended_on` is the last day it was sold.
    """

    ndc: str
    ndc11: str
    name: str
    cvx: str
    mvx: str
    package: str
    labeler: str
    doses: int | None
    of_use: bool = False
    uses: tuple[str, ...] = ()
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class Vis:
    """A Vaccine Information Statement in its current edition."""

    title: str
    edition: date
    encoded: str
    gdti: str
    pdf: str
    html: str


@dataclass(frozen=True)
class Facts:
    """A release of the CDC's code tables; `version` is the day of its last update."""

    version: str
    vaccines: Mapping[str, Vaccine]
    manufacturers: Mapping[str, Manufacturer]
    products: tuple[Product, ...] = field(repr=False)
    names: Mapping[str, tuple[TradeName, ...]] = field(repr=False)
    statements: Mapping[str, tuple[Vis, ...]] = field(repr=False)

    def vaccine(self, cvx: str) -> Vaccine | None:
        """The vaccine of a CVX code, with or without its leading zero."""
        return self.vaccines.get(cvx.strip().zfill(2))

    def manufacturer(self, mvx: str) -> Manufacturer | None:
        """The manufacturer of an MVX code."""
        return self.manufacturers.get(mvx.strip().upper())

    def product(self, ndc: str) -> Product | None:
        """The package of an NDC in any spelling; ten digits or eleven, with hyphens or without.

        A few NDCs stand for two CVX codes (an adult's dose and a dialysis dose): this gives the first; see `spelled`.
        """
        return next(iter(self.spelled(ndc)), None)

    def spelled(self, ndc: str) -> tuple[Product, ...]:
        """Every product that an NDC may mean."""
        return tuple(each for code in candidates(ndc) for each in self._by_ndc.get(code, ()))

    def products_of(self, cvx: str) -> tuple[Product, ...]:
        """The packages of a vaccine: units of sale first, those still sold first."""
        return self._by_cvx.get(cvx.strip().zfill(2), ())

    def trade_names(self, cvx: str) -> tuple[TradeName, ...]:
        """What a vaccine is sold as: names in use first."""
        return self.names.get(cvx.strip().zfill(2), ())

    def vis(self, cvx: str) -> tuple[Vis, ...]:
        """The current information statements of a vaccine; a combination may have several, some vaccines none."""
        return self.statements.get(cvx.strip().zfill(2), ())

    @cached_property
    def _by_ndc(self) -> Mapping[str, tuple[Product, ...]]:
        found: dict[str, tuple[Product, ...]] = {}
        for each in self.products:
            found[each.ndc11] = (*found.get(each.ndc11, ()), each)
        return found

    @cached_property
    def _by_cvx(self) -> Mapping[str, tuple[Product, ...]]:
        found: dict[str, list[Product]] = {}
        for each in self.products:
            found.setdefault(each.cvx, []).append(each)
        rank = {cvx: sorted(many, key=_rank) for cvx, many in found.items()}
        return {cvx: tuple(many) for cvx, many in rank.items()}


def _rank(product: Product) -> tuple[bool, bool, str, str]:
    return product.of_use, product.ended_on is not None, product.name, product.ndc11
