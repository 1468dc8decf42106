"""A benefit of a 271 (loops 2110, 2115 and 2120): what a plan says of it, to segments and back."""

from __future__ import annotations

from decimal import Decimal

from liaison.engines.x12.eligibility_documents import Benefit, Delivery, Entity
from liaison.engines.x12.inquiries import read_periods, read_rejections, write_period, write_rejections
from liaison.engines.x12.loops import Loop
from liaison.engines.x12.parties import (
    read_address,
    read_contact,
    read_references,
    write_address,
    write_references,
)
from liaison.engines.x12.segments import Segment
from liaison.engines.x12.values import (
    ident,
    lenient_money,
    lenient_quantity,
    money,
    quantity,
    read_modifiers,
    text,
    write_procedure,
)


def write_benefit(benefit: Benefit) -> list[list[str]]:
    """The EB and what belongs to it."""
    procedure = write_procedure(benefit.procedure, benefit.modifiers) if benefit.procedure else ""
    out = [
        ["EB", ident(benefit.information, 3, "EB01"), benefit.coverage_level,
         "^".join(ident(code, 2, "EB03") for code in benefit.service_types), benefit.insurance_type,
         text(benefit.plan, 50, "EB05"), benefit.time_period,
         "" if benefit.cents is None else money(benefit.cents),
         "" if benefit.percent is None else quantity(benefit.percent / 100),
         benefit.quantity_kind, "" if benefit.quantity is None else quantity(benefit.quantity),
         _YES[benefit.authorization_required], _YES[benefit.in_network], procedure],
    ]  # fmt: skip
    for each in benefit.deliveries:
        out.append(
            ["HSD", each.kind, _number(each.quantity), each.unit, _number(each.per), each.period_kind, each.periods]
        )
    out += write_references(benefit.references)
    out += [write_period(period.kind, period.begin, period.end) for period in benefit.periods]
    out += write_rejections(benefit.rejections, "benefit")
    out += [["MSG", text(message, 264, "MSG01", required=True)] for message in benefit.messages]
    out += [["III", "ZZ", ident(place, 30, "III02")] for place in benefit.places]
    if benefit.entities:
        out.append(["LS", "2120"])
        for entity in benefit.entities:
            out += _write_entity(entity)
        out.append(["LE", "2120"])
    return out


_YES: dict[bool | None, str] = {True: "Y", False: "N", None: ""}
_SAYS_YES: dict[str, bool | None] = {"Y": True, "N": False}


def _number(value: Decimal | None) -> str:
    return "" if value is None else quantity(value)


def _write_entity(entity: Entity) -> list[list[str]]:
    out = [
        ["NM1", ident(entity.kind, 3, "NM101 of loop 2120"), "1" if entity.first_name else "2",
         text(entity.name, 60, "NM103 of loop 2120"), text(entity.first_name, 35, "NM104"), "", "", "",
         entity.id_kind if entity.id else "", ident(entity.id, 80, "NM109 of loop 2120", required=False)],
        *write_address(entity.address, "2120"),
    ]  # fmt: skip
    ways = [("TE", entity.phone), ("UR", entity.website)]
    reach = [part for kind, number in ways if number for part in (kind, ident(number, 256, "PER04"))]
    if reach:
        out.append(["PER", "IC", text(entity.contact, 60, "PER02"), *reach])
    if entity.taxonomy:
        out.append(["PRV", "PE", "PXC", ident(entity.taxonomy, 50, "PRV03")])
    return out


def read_benefit(loop: Loop) -> Benefit:
    """A loop 2110."""
    row = loop.first("EB")
    percent = lenient_quantity(row.get(8))
    if percent is not None and abs(percent) <= 1:
        percent *= 100
    return Benefit(
        information=row.get(1),
        coverage_level=row.get(2),
        service_types=row.repeats(3),
        insurance_type=row.get(4),
        plan=row.get(5),
        time_period=row.get(6),
        cents=lenient_money(row.get(7)),
        percent=percent,
        quantity_kind=row.get(9),
        quantity=lenient_quantity(row.get(10)),
        authorization_required=_SAYS_YES.get(row.get(11)),
        in_network=_SAYS_YES.get(row.get(12)),
        procedure=row.part(13, 2),
        modifiers=read_modifiers(row, 13),
        periods=tuple(read_periods(loop)),
        references=tuple(read_references(loop)),
        messages=tuple(segment.get(1) for segment in loop.all("MSG") if segment.get(1)),
        deliveries=tuple(_read_delivery(segment) for segment in loop.all("HSD")),
        places=tuple(
            place for detail in loop.loops if (place := detail.first("III").get(2)) and detail.id[:4] == "2115"
        ),
        entities=tuple(_read_entity(entity) for entity in loop.loops if entity.id[:4] == "2120"),
        rejections=tuple(read_rejections(loop, "benefit")),
    )


def _read_delivery(segment: Segment) -> Delivery:
    return Delivery(
        kind=segment.get(1),
        quantity=lenient_quantity(segment.get(2)),
        unit=segment.get(3),
        per=lenient_quantity(segment.get(4)),
        period_kind=segment.get(5),
        periods=segment.get(6),
    )


def _read_entity(loop: Loop) -> Entity:
    name, contact = loop.first("NM1"), loop.first("PER")
    ways = {contact.get(at): contact.get(at + 1) for at in (3, 5, 7)}
    return Entity(
        kind=name.get(1),
        name=name.get(3),
        first_name=name.get(4),
        id_kind=name.get(8),
        id=name.get(9),
        address=read_address(loop),
        contact=read_contact(contact)[0],
        phone=ways.get("TE", ""),
        taxonomy=loop.first("PRV").get(3),
        website=ways.get("UR", ""),
    )
