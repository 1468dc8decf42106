"""Service lines of a professional claim (loop 2400 and what is below it), to segments and back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from liaison.engines.x12.adjustments import read_adjustments, write_adjustments
from liaison.engines.x12.claim_documents import Drug, LineAdjudication, Paperwork, ServiceLine
from liaison.engines.x12.errors import X12Error
from liaison.engines.x12.loops import Loop
from liaison.engines.x12.parties import (
    Provider,
    read_provider,
    write_address,
    write_contact,
    write_other_ids,
    write_provider,
)
from liaison.engines.x12.segments import Segment
from liaison.engines.x12.values import (
    d8,
    digits,
    ident,
    money,
    quantity,
    read_date,
    read_modifiers,
    read_money,
    read_period,
    read_quantity,
    text,
    write_procedure,
)

_POINTERS = frozenset(str(number) for number in range(1, 13))
# Who did what on a line: loop, NM101, field; in the order in which we write them.
_PROVIDERS = (
    ("2420A", "82", "rendering"),
    ("2420B", "QB", "purchased"),
    ("2420C", "77", "facility"),
    ("2420D", "DQ", "supervising"),
    ("2420E", "DK", "ordering"),
    ("2420F", "DN", "referring"),
)
_DATES = (
    ("471", "prescription_date"),
    ("304", "last_seen_date"),
    ("455", "x_ray_date"),
    ("454", "initial_treatment_date"),
)
_NUMBERS = (
    ("9F", "referral_number"),
    ("BT", "lot_number"),
    ("EW", "mammography_number"),
    ("F4", "referring_clia_number"),
    ("G1", "prior_authorization"),
    ("X4", "clia_number"),
)


def write_line(line: ServiceLine, number: int) -> list[list[str]]:
    """Loop 2400 and those below it; `number` is LX01. Raises `X12Error` where the line cannot be written."""
    if not 0 < len(line.pointers) <= 4 or len(line.modifiers) > 4:
        raise X12Error(
            "line", "A line has 1 to 4 diagnosis pointers and up to 4 modifiers.", loop="2400", element="SV107"
        )
    procedure = write_procedure(line.procedure, line.modifiers)
    if line.description:
        procedure += ":" * (5 - len(line.modifiers)) + text(line.description, 80, "SV101-7", required=True)
    days = ["D8", d8(line.date)] if line.end_date is None else ["RD8", f"{d8(line.date)}-{d8(line.end_date)}"]
    flags = [
        "Y" if line.is_emergency else "", "", "Y" if line.is_epsdt else "", "Y" if line.is_family_planning else "",
        "", "", "0" if line.is_copay_exempt else "",
    ]  # fmt: skip
    out = [
        ["LX", str(number)],
        ["SV1", procedure, money(line.charge_cents), line.unit, quantity(line.units), line.place_of_service, "",
         ":".join(str(pointer) for pointer in line.pointers), "", *flags],
        *write_paperwork(line.paperwork),
        ["DTP", "472", *days],
    ]  # fmt: skip
    for qualifier, name in _DATES:
        if day := getattr(line, name):
            out.append(["DTP", qualifier, "D8", d8(day)])
    if line.control:
        out.append(["REF", "6R", ident(line.control, 50, "REF02 (6R)")])
    for qualifier, name in _NUMBERS:
        if value := getattr(line, name):
            out.append(["REF", qualifier, ident(value, 50, f"REF02 ({qualifier})")])
    if line.tax_cents:
        out.append(["AMT", "T", money(line.tax_cents)])
    if line.note:
        out.append(["NTE", "ADD", text(line.note, 80, "NTE02", required=True)])
    if line.purchased:
        out.append(["PS1", ident(line.purchased.npi, 50, "PS101"), money(line.purchased_cents)])
    if line.drug:
        out += _write_drug(line.drug)
    for loop, entity, name in _PROVIDERS:
        if provider := getattr(line, name):
            out += _write_provider(entity, provider, loop)
    for decided in line.adjudications:
        out += _write_adjudication(decided, line, procedure)
    return out


def write_paperwork(papers: tuple[Paperwork, ...]) -> Iterator[list[str]]:
    """A PWK for each attachment; one with a control number is said to come by that number (AC)."""
    for paper in papers:
        number = ident(paper.control, 50, "PWK06", required=False)
        kind = "AC" if number else ""
        yield ["PWK", ident(paper.report, 2, "PWK01"), ident(paper.transmission, 2, "PWK02"), "", "", kind, number]


def _write_drug(drug: Drug) -> list[list[str]]:
    ndc = digits(drug.ndc)
    if len(ndc) != 11:
        raise X12Error("ndc", "An NDC on a claim has eleven digits.", loop="2410", element="LIN03")
    unit = ident(drug.unit, 2, "CTP05-1")
    out = [["LIN", "", "N4", ndc], ["CTP", "", "", "", quantity(drug.quantity), unit]]
    if drug.prescription:
        out.append(["REF", "XZ", ident(drug.prescription, 50, "REF02 (XZ)")])
    return out


def _write_provider(entity: str, provider: Provider, loop: str) -> list[list[str]]:
    if entity == "77" and provider.address is None:
        raise X12Error("facility", "The service facility needs an address.", loop=loop, element="N301")
    if entity == "QB":
        # The guide has no place for the name of who sold the service.
        return [["NM1", "QB", "2", *[""] * 5, "XX", ident(provider.npi, 10, "NM109")], *write_other_ids(provider, loop)]
    out = [write_provider(entity, provider, loop)]
    if entity == "82" and provider.taxonomy:
        out.append(["PRV", "PE", "PXC", ident(provider.taxonomy, 10, "PRV03")])
    if entity in ("77", "DK"):
        out += write_address(provider.address, loop)
    out += write_other_ids(provider, loop)
    if entity == "DK" and provider.phone:
        out.append(write_contact("IC", "", provider.phone))
    return out


def _write_adjudication(decided: LineAdjudication, line: ServiceLine, procedure: str) -> list[list[str]]:
    if decided.procedure:
        procedure = write_procedure(decided.procedure, decided.modifiers)
    units = quantity(line.units if decided.units is None else decided.units)
    bundled = str(decided.bundled_line) if decided.bundled_line else ""
    out = [
        ["SVD", ident(decided.payer_id, 80, "SVD01"), money(decided.paid_cents), procedure, "", units, bundled],
        *write_adjustments(decided.adjustments),
        ["DTP", "573", "D8", d8(decided.date)],
    ]
    if decided.patient_owes_cents is not None:
        out.append(["AMT", "EAF", money(decided.patient_owes_cents)])
    return out


def read_line(loop: Loop) -> ServiceLine:
    """A loop 2400. Raises `X12Error` for an amount, a day or a pointer that is none."""
    charge, when = loop.first("SV1"), loop.first("DTP", "472")
    begin, end = read_period(when, "2400")
    pointers = [pointer for pointer in charge.parts(7) if pointer]
    if not all(pointer in _POINTERS for pointer in pointers):
        raise X12Error(
            "pointer", "A diagnosis pointer is a number from 1 to 12.",
            segment_number=charge.number, loop="2400", element="SV107",
        )  # fmt: skip
    facts: dict[str, Any] = read_days(loop, _DATES, "2400")
    facts |= {name: value for qualifier, name in _NUMBERS if (value := loop.ref(qualifier))}
    facts |= {name: read_provider(found) for below, _, name in _PROVIDERS if (found := loop.child(below))}
    return ServiceLine(
        procedure=charge.part(1, 2),
        charge_cents=read_money(charge, 2, "2400"),
        date=begin,
        pointers=tuple(int(pointer) for pointer in pointers),
        modifiers=read_modifiers(charge, 1),
        units=read_quantity(charge, 4, "2400", 1),
        unit=charge.get(3),
        end_date=end,
        place_of_service=charge.get(5),
        control=loop.ref("6R"),
        description=charge.part(1, 7),
        is_emergency=charge.get(9) == "Y",
        is_epsdt=charge.get(11) == "Y",
        is_family_planning=charge.get(12) == "Y",
        is_copay_exempt=charge.get(15) == "0",
        tax_cents=read_money(loop.first("AMT", "T"), 2, "2400", required=False),
        note=loop.first("NTE", "ADD").get(2),
        paperwork=read_paperwork(loop),
        purchased_cents=read_money(loop.first("PS1"), 2, "2400", required=False),
        drug=_read_drug(loop.child("2410")),
        adjudications=tuple(_read_adjudication(each, charge) for each in loop.children("2430")),
        **facts,
    )


def read_paperwork(loop: Loop) -> tuple[Paperwork, ...]:
    """The attachments (PWK) of a claim or line."""
    return tuple(Paperwork(each.get(1), each.get(2), each.get(6)) for each in loop.all("PWK"))


def read_days(loop: Loop, kinds: Sequence[tuple[str, str]], where: str) -> dict[str, Any]:
    """The days of a loop by the names of their fields."""
    return {
        name: read_date(segment, 3, where)
        for qualifier, name in kinds
        if (segment := next(loop.all("DTP", qualifier), None))
    }


def _read_drug(loop: Loop | None) -> Drug | None:
    if loop is None:
        return None
    amount = loop.first("CTP")
    number = loop.first("LIN").get(3)
    return Drug(number, read_quantity(amount, 4, "2410"), amount.part(5, 1), loop.ref("XZ"))


def _read_adjudication(loop: Loop, charge: Segment) -> LineAdjudication:
    head, when, owes = loop.first("SVD"), loop.first("DTP", "573"), next(loop.all("AMT", "EAF"), None)
    day, units = read_date(when, 3, "2430"), read_quantity(head, 5, "2430", 1)
    if day is None:
        message = "The day of another payer's decision is missing."
        raise X12Error("element-missing", message, segment_number=loop.number, loop="2430", element="DTP03")
    same = head.parts(3)[:6] == charge.parts(1)[:6]
    bundled = head.get(6)
    return LineAdjudication(
        payer_id=head.get(1),
        paid_cents=read_money(head, 2, "2430"),
        date=day,
        adjustments=tuple(read_adjustments(loop.all("CAS"), loop.id)),
        procedure="" if same else head.part(3, 2),
        modifiers=() if same else read_modifiers(head, 3),
        units=None if units == read_quantity(charge, 4, "2400", 1) else units,
        bundled_line=int(bundled) if bundled.isascii() and bundled.isdigit() and len(bundled) < 7 else 0,
        patient_owes_cents=read_money(owes, 2, "2430") if owes else None,
    )
