"""What a payer tells of a stay (MIA) or an outpatient claim (MOA) beyond its payment, by typed names, read and written.

Amounts are cents, days and rates are numbers; None is what was not told. Remark codes of an MOA are the claim's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import Decimal

from liaison.engines.x12.segments import Segment
from liaison.engines.x12.values import ident, lenient_money, lenient_quantity, money, quantity


@dataclass(frozen=True, slots=True)
class Inpatient:
    """An MIA, its elements in their order; `remark_codes` are its five (MIA05 and 20 to 23)."""

    covered_days: Decimal | int = 0
    pps_outlier_cents: int | None = None
    lifetime_days: Decimal | int | None = None
    drg_cents: int | None = None
    disproportionate_share_cents: int | None = None
    msp_pass_through_cents: int | None = None
    pps_capital_cents: int | None = None
    capital_federal_cents: int | None = None
    capital_hospital_cents: int | None = None
    capital_disproportionate_cents: int | None = None
    old_capital_cents: int | None = None
    capital_teaching_cents: int | None = None
    operating_hospital_cents: int | None = None
    report_days: Decimal | int | None = None
    operating_federal_cents: int | None = None
    capital_outlier_cents: int | None = None
    indirect_teaching_cents: int | None = None
    professional_cents: int | None = None
    capital_exception_cents: int | None = None
    remark_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outpatient:
    """An MOA: the share that is reimbursed, what is payable by HCPCS, for dialysis, and for professional services."""

    reimbursement_rate: Decimal | int | None = None
    hcpcs_payable_cents: int | None = None
    esrd_cents: int | None = None
    professional_cents: int | None = None


_INPATIENT = (1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 24)
_INPATIENT_REMARKS = (5, 20, 21, 22, 23)
_OUTPATIENT = (1, 2, 8, 9)
_OUTPATIENT_REMARKS = (3, 4, 5, 6, 7)


def read_inpatient(segment: Segment) -> Inpatient:
    """An MIA."""
    told = _read(segment, Inpatient, _INPATIENT)
    days = told.pop("covered_days", None)
    codes = tuple(code for at in _INPATIENT_REMARKS if (code := segment.get(at)))
    return Inpatient(covered_days=days or 0, remark_codes=codes, **told)  # type: ignore[arg-type]  # by the fields' names


def read_outpatient(segment: Segment) -> tuple[Outpatient | None, tuple[str, ...]]:
    """An MOA and its remark codes; None where it has nothing else."""
    told = _read(segment, Outpatient, _OUTPATIENT)
    codes = tuple(code for at in _OUTPATIENT_REMARKS if (code := segment.get(at)))
    return Outpatient(**told) if told else None, codes  # type: ignore[arg-type]  # by the fields' names


def write_inpatient(told: Inpatient) -> list[str]:
    """The elements of an MIA."""
    return _write("MIA", told, _INPATIENT, _INPATIENT_REMARKS, told.remark_codes)


def write_outpatient(told: Outpatient | None, remark_codes: Sequence[str]) -> list[str]:
    """The elements of an MOA."""
    return _write("MOA", told or Outpatient(), _OUTPATIENT, _OUTPATIENT_REMARKS, remark_codes)


def _read(segment: Segment, kind: type[Inpatient | Outpatient], positions: Sequence[int]) -> dict[str, int | Decimal]:
    found: dict[str, int | Decimal] = {}
    for field, at in zip(fields(kind), positions, strict=False):
        value = lenient_money(segment.get(at)) if field.name.endswith("_cents") else lenient_quantity(segment.get(at))
        if value is not None:
            found[field.name] = value
    return found


def _write(
    id: str, told: Inpatient | Outpatient, positions: Sequence[int], places: Sequence[int], codes: Sequence[str]
) -> list[str]:
    out = [id, *[""] * max(*positions, *places)]
    for field, at in zip(fields(told), positions, strict=False):
        value = getattr(told, field.name)
        if value is not None:
            out[at] = money(value) if field.name.endswith("_cents") else quantity(value)
    for code, at in zip(codes, places, strict=False):
        out[at] = ident(code, 50, f"{id}{at:02d}")
    return out
