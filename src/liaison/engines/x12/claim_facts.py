"""What a professional claim says beside its lines (loops 2300, 2310, 2320, 2330), to segments and back."""

from __future__ import annotations

from typing import Any

from liaison.engines.x12.adjustments import read_adjustments, write_adjustments
from liaison.engines.x12.claim_documents import Accident, Claim, OtherCoverage, Subscriber
from liaison.engines.x12.claim_line import read_days, read_paperwork, write_paperwork
from liaison.engines.x12.errors import X12Error
from liaison.engines.x12.loops import Loop
from liaison.engines.x12.parties import (
    Party,
    Person,
    Provider,
    read_address,
    read_person,
    read_provider,
    write_address,
    write_other_ids,
    write_person,
    write_provider,
)
from liaison.engines.x12.segments import Segment
from liaison.engines.x12.values import (
    d8,
    ident,
    money,
    read_date,
    read_diagnoses,
    read_money,
    read_period,
    text,
    write_diagnoses,
)

_DATES = (
    ("431", "onset_date"),
    ("454", "initial_treatment_date"),
    ("304", "last_seen_date"),
    ("453", "acute_date"),
    ("484", "last_menstrual_period"),
    ("455", "x_ray_date"),
    ("297", "last_worked_date"),
    ("296", "return_to_work_date"),
    ("435", "admission_date"),
    ("096", "discharge_date"),
    ("444", "first_contact_date"),
)
_NUMBERS = (
    ("4N", "exception_code"),
    ("9F", "referral_number"),
    ("D9", "clearinghouse_number"),
    ("EA", "medical_record_number"),
    ("EW", "mammography_number"),
    ("F8", "original_claim_number"),
    ("G1", "prior_authorization"),
    ("X4", "clia_number"),
)
# Who did what: loop, NM101, field.
_PROVIDERS = (
    ("2310A", "DN", "referring"),
    ("2310A", "P3", "primary_care"),
    ("2310B", "82", "rendering"),
    ("2310C", "77", "facility"),
    ("2310D", "DQ", "supervising"),
)
# Disability: 314 has a beginning and an end, 360 the first, 361 the other.
_DISABLED, _DISABLED_FROM, _DISABLED_UNTIL = "314", "360", "361"


def write_facts(claim: Claim) -> list[list[str]]:
    """From CLM to HI."""
    accident = claim.accident
    out = [
        ["CLM", ident(claim.control_number, 20, "CLM01"), money(claim.total_cents), "", "",
         f"{ident(claim.place_of_service, 2, 'CLM05-1')}:B:{ident(claim.frequency, 1, 'CLM05-3')}", "Y",
         "A" if claim.accept_assignment else "C", "Y" if claim.benefits_assigned else "N", claim.release, "",
         _write_cause(accident) if accident else "", claim.special_program, *[""] * 7, claim.delay_reason],
    ]  # fmt: skip
    for qualifier, name in _DATES:
        if day := getattr(claim, name):
            out.append(["DTP", qualifier, "D8", d8(day)])
    if accident and accident.date:
        out.append(["DTP", "439", "D8", d8(accident.date)])
    if claim.disability_begin and claim.disability_end:
        out.append(["DTP", _DISABLED, "RD8", f"{d8(claim.disability_begin)}-{d8(claim.disability_end)}"])
    elif day := claim.disability_begin or claim.disability_end:
        out.append(["DTP", _DISABLED_FROM if claim.disability_begin else _DISABLED_UNTIL, "D8", d8(day)])
    out += write_paperwork(claim.paperwork)
    if claim.patient_paid_cents:
        out.append(["AMT", "F5", money(claim.patient_paid_cents)])
    for qualifier, name in _NUMBERS:
        if value := getattr(claim, name):
            out.append(["REF", qualifier, ident(value, 50, f"REF02 ({qualifier})")])
    if claim.note:
        out.append(["NTE", claim.note_kind, text(claim.note, 80, "NTE02", required=True)])
    if claim.is_homebound:
        out.append(["CRC", "75", "Y", "IH"])
    if claim.epsdt:
        out.append(["CRC", "ZZ", "N" if claim.epsdt == ("NU",) else "Y", *claim.epsdt[:3]])
    out += write_diagnoses(claim.diagnoses)
    if claim.conditions:
        out.append(["HI", *(f"BG:{ident(code, 30, 'HI01-2')}" for code in claim.conditions[:12])])
    return out


def _write_cause(accident: Accident) -> str:
    if not 0 < len(accident.causes) <= 3 or ("AA" in accident.causes and not (accident.state or accident.country)):
        message = "An accident has 1 to 3 causes, one with a car the state where it happened."
        raise X12Error("accident", message, loop="2300", element="CLM11")
    causes = [*accident.causes, "", ""][:3]
    where = [ident(accident.state, 2, "CLM11-4", required=False), ident(accident.country, 3, "CLM11-5", required=False)]
    return ":".join([*causes, *where]).rstrip(":")


def write_providers(claim: Claim) -> list[list[str]]:
    """Loops 2310A to 2310D."""
    out: list[list[str]] = []
    for loop, entity, name in _PROVIDERS:
        provider: Provider | None = getattr(claim, name)
        if provider is None:
            continue
        out.append(write_provider(entity, provider, loop))
        if entity == "82" and provider.taxonomy:
            out.append(["PRV", "PE", "PXC", ident(provider.taxonomy, 10, "PRV03")])
        if entity == "77":
            if provider.address is None:
                raise X12Error("facility", "The service facility needs an address.", loop=loop, element="N301")
            out += write_address(provider.address, loop)
        if provider.other_ids:
            out += write_other_ids(provider, loop)
    return out


def write_policy(subscriber: Subscriber, relationship: str) -> list[str]:
    """The SBR of a coverage; `relationship` is empty where the patient has a level of their own."""
    return [
        "SBR", subscriber.sequence, relationship, ident(subscriber.group_number, 50, "SBR03", required=False),
        text(subscriber.group_name, 60, "SBR04"), subscriber.insurance_type, "", "", "", subscriber.filing_indicator,
    ]  # fmt: skip


def write_payer(payer: Party, loop: str) -> list[list[str]]:
    """NM1, N3 and N4 of a payer."""
    return [
        ["NM1", "PR", "2", text(payer.name, 60, f"NM103 of loop {loop}", required=True), *[""] * 4, "PI",
         ident(payer.id, 80, f"NM109 of loop {loop}")],
        *write_address(payer.address, loop),
    ]  # fmt: skip


def write_other(other: OtherCoverage) -> list[list[str]]:
    """Loop 2320 with 2330A and 2330B."""
    out = [write_policy(other.subscriber, other.relationship), *write_adjustments(other.adjustments)]
    for qualifier, cents in (
        ("D", other.paid_cents),
        ("A8", other.noncovered_cents),
        ("EAF", other.patient_owes_cents),
    ):
        if cents is not None:
            out.append(["AMT", qualifier, money(cents)])
    out.append(["OI", "", "", "Y" if other.benefits_assigned else "N", "", "", "Y"])
    if other.remark_codes:
        out.append(["MOA", "", "", *other.remark_codes[:5]])
    member = ident(other.subscriber.member_id, 80, "NM109 of loop 2330A")
    # The date of birth of another subscriber has no place in the guide.
    out += [part for part in write_person("IL", other.subscriber.person, "2330A", "MI", member) if part[0] != "DMG"]
    out += write_payer(other.payer, "2330B")
    if other.adjudicated:
        out.append(["DTP", "573", "D8", d8(other.adjudicated)])
    for qualifier, value in (
        ("G1", other.prior_authorization),
        ("9F", other.referral_number),
        ("F8", other.claim_number),
    ):
        if value:
            out.append(["REF", qualifier, ident(value, 50, f"REF02 ({qualifier})")])
    return out


def read_facts(loop: Loop) -> dict[str, Any]:
    """Fields of a `Claim` that stand in loop 2300 and below it, but for its lines."""
    head = loop.first("CLM")
    place = head.parts(5)
    if not head.get(1) or not place[0]:
        element = "CLM05" if head.get(1) else "CLM01"
        message = f"{element} is required and empty."
        raise X12Error("element-missing", message, segment_number=head.number, loop="2300", element=element)
    note = loop.first("NTE")
    facts: dict[str, Any] = {
        "control_number": head.get(1),
        "total_cents": read_money(head, 2, "2300"),
        "diagnoses": tuple(read_diagnoses(loop.all("HI"))),
        "place_of_service": place[0],
        "frequency": place[2] if len(place) > 2 else "",
        "accept_assignment": head.get(7) != "C",
        "benefits_assigned": head.get(8) != "N",
        "release": head.get(9) or "Y",
        "special_program": head.get(12),
        "delay_reason": head.get(20),
        "patient_paid_cents": read_money(loop.first("AMT", "F5"), 2, "2300", required=False),
        "note": note.get(2),
        "note_kind": note.get(1) or "ADD",
        "paperwork": read_paperwork(loop),
        "conditions": tuple(_read_conditions(loop)),
        "epsdt": tuple(filter(None, loop.first("CRC", "ZZ").elements[3:])),
        "is_homebound": loop.first("CRC", "75").get(2) == "Y",
        "others": tuple(_read_other(each) for each in loop.children("2320")),
    }
    facts |= read_days(loop, _DATES, "2300")
    facts |= {name: value for qualifier, name in _NUMBERS if (value := loop.ref(qualifier))}
    facts |= _read_disability(loop)
    facts |= _read_accident(loop, head)
    for each in loop.loops:
        entity = each.segments[0].get(1)
        facts |= {name: read_provider(each) for below, code, name in _PROVIDERS if below == each.id and code == entity}
    return facts


def _read_conditions(loop: Loop) -> list[str]:
    return [
        segment.part(position, 2)
        for segment in loop.all("HI")
        for position in range(1, len(segment.elements))
        if segment.part(position, 1) == "BG"
    ]


def _read_disability(loop: Loop) -> dict[str, Any]:
    segment = next(loop.all("DTP", _DISABLED, _DISABLED_FROM, _DISABLED_UNTIL), None)
    if segment is None:
        return {}
    begin, end = read_period(segment, "2300")
    if segment.get(1) == _DISABLED_UNTIL:
        return {"disability_end": begin}
    return {"disability_begin": begin, "disability_end": end}


def _read_accident(loop: Loop, head: Segment) -> dict[str, Any]:
    day, parts = loop.first("DTP", "439"), [*head.parts(11), "", "", "", ""]
    causes = tuple(code for code in parts[:3] if code)
    if not causes and not day.get(3):
        return {}
    return {"accident": Accident(causes, read_date(day, 3, "2300"), parts[3], parts[4])}


def read_policy(policy: Segment, member_id: str, person: Person) -> Subscriber:
    """The coverage that an SBR tells of, with whose it is."""
    return Subscriber(
        member_id=member_id,
        person=person,
        group_number=policy.get(3),
        group_name=policy.get(4),
        sequence=policy.get(1),
        filing_indicator=policy.get(9),
        insurance_type=policy.get(5),
    )


def _read_other(loop: Loop) -> OtherCoverage:
    insured, payer = loop.child("2330A") or loop, loop.child("2330B") or loop
    decided, name = next(payer.all("DTP", "573"), None), payer.first("NM1")
    cents = {
        kind: read_money(segment, 2, "2320") if (segment := next(loop.all("AMT", kind), None)) else None
        for kind in ("D", "A8", "EAF")
    }
    policy = loop.first("SBR")
    return OtherCoverage(
        subscriber=read_policy(policy, insured.first("NM1").get(9), read_person(insured)),
        payer=Party(name.get(3), name.get(9), address=read_address(payer)),
        relationship=policy.get(2),
        paid_cents=cents["D"],
        noncovered_cents=cents["A8"],
        patient_owes_cents=cents["EAF"],
        adjustments=tuple(read_adjustments(loop.all("CAS"), loop.id)),
        remark_codes=tuple(code for at in range(3, 8) if (code := loop.first("MOA").get(at))),
        adjudicated=read_date(decided, 3, "2330B") if decided else None,
        claim_number=payer.ref("F8"),
        prior_authorization=payer.ref("G1"),
        referral_number=payer.ref("9F"),
        benefits_assigned=loop.first("OI").get(3) != "N",
    )
