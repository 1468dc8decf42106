"""Eligibility and benefits, ASC X12N 005010X279A1: the question (270) and the answer (271) as bytes and back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from liaison.engines.x12.benefits import read_benefit, write_benefit
from liaison.engines.x12.check import read_documents
from liaison.engines.x12.claim_documents import SELF, Subscriber
from liaison.engines.x12.eligibility_documents import (
    EligibilityAnswer,
    EligibilityInquiry,
    Member,
)
from liaison.engines.x12.envelope import Envelope, Transaction, wrap
from liaison.engines.x12.errors import X12Error
from liaison.engines.x12.inquiries import (
    first_period,
    origin_of,
    read_payer,
    read_periods,
    read_rejections,
    traces_of,
    write_asker,
    write_beginning,
    write_insured,
    write_payer,
    write_period,
    write_rejections,
)
from liaison.engines.x12.loops import Loop
from liaison.engines.x12.parties import (
    Person,
    Provider,
    read_person,
    read_provider,
    read_references,
    write_person,
    write_references,
)
from liaison.engines.x12.segments import Segment
from liaison.engines.x12.values import (
    ident,
    read_modifiers,
    text,
    write_procedure,
)

VERSION = "005010X279A1"
# A dependent of the 270 is a spouse, a child or another adult.
_KIN = {"01": "01", "19": "19"}


def write_270(inquiries: EligibilityInquiry | Sequence[EligibilityInquiry], envelope: Envelope) -> bytes:
    """One interchange with a transaction set for each question.

    Raises `X12Error` naming loop and element where a question cannot be written. A payer that answers at once takes
    one question an interchange.
    """
    every = [inquiries] if isinstance(inquiries, EligibilityInquiry) else list(inquiries)
    return wrap(envelope, "HS", "270", VERSION, [_write_inquiry(inquiry, envelope) for inquiry in every])


def _write_inquiry(inquiry: EligibilityInquiry, envelope: Envelope) -> list[list[str]]:
    subscriber, patient = inquiry.subscriber, inquiry.patient
    if (patient is None) != (inquiry.relationship == SELF):
        raise X12Error("relationship", "Relationship 18 means no patient of its own.", loop="2000D", element="INS02")
    if not inquiry.service_types and not inquiry.procedure:
        raise X12Error("question", "Ask about a service type or a procedure.", loop="2110C", element="EQ01")
    trace = ["TRN", "1", ident(inquiry.trace, 50, "TRN02"), origin_of(inquiry.provider)]
    out = [
        write_beginning("0022", "13", inquiry.trace, envelope),
        ["HL", "1", "", "20", "1"],
        write_payer("PR", inquiry.payer),
        ["HL", "2", "1", "21", "1"],
        write_asker("1P", inquiry.provider, "2100B"),
        ["HL", "3", "2", "22", "1" if patient else "0"],
        *([] if patient else [trace]),
        write_insured(subscriber, patient, "2100C"),
    ]
    if subscriber.group_number:
        out.append(["REF", "6P", ident(subscriber.group_number, 50, "REF02 (6P)")])
    out += write_person("IL", subscriber.person, "2100C")[1:]
    if patient:
        out += [["HL", "4", "3", "23", "0"], trace, *write_person("03", patient, "2100D")]
        out.append(["INS", "N", _KIN.get(inquiry.relationship, "34")])
    if inquiry.service_date:
        out.append(write_period("291", inquiry.service_date, inquiry.service_end))
    types = [ident(code, 2, "EQ01") for code in inquiry.service_types]
    if types:
        out.append(["EQ", "^".join(types)])
    if inquiry.procedure:
        out.append(["EQ", "", write_procedure(inquiry.procedure, inquiry.modifiers)])
    return out


def read_270(source: bytes, *, strict: bool = True) -> list[EligibilityInquiry]:
    """Every question of a file, one for each patient."""
    return [
        inquiry
        for transaction, root in read_documents(source, "X279", "270", strict=strict)
        for payer in root.children("2000A")
        for asker in payer.children("2000B")
        for holder in asker.children("2000C")
        for inquiry in _read_inquiries(transaction, payer, asker, holder)
    ]


def _read_inquiries(transaction: Transaction, payer: Loop, asker: Loop, holder: Loop) -> Iterator[EligibilityInquiry]:
    dependents = list(holder.children("2000D"))
    provider = asker.child("2100B")
    for level in dependents or [holder]:
        who = level.child("2100D") if dependents else holder.child("2100C")
        questions = [*(who or level).children("2110C"), *(who or level).children("2110D")] if who else []
        asked = [loop.first("EQ") for loop in questions]
        product = next((segment for segment in asked if segment.get(2)), Segment(["EQ"]))
        when = first_period(who, "291") if who else None
        yield EligibilityInquiry(
            trace=level.first("TRN", "1").get(2),
            payer=read_payer(payer.child("2100A")),
            provider=read_provider(provider) if provider else Provider(""),
            subscriber=_read_subscriber(holder.child("2100C")),
            patient=read_person(who) if dependents and who else None,
            relationship=(who.first("INS").get(2) if who else "") or "34" if dependents else SELF,
            service_date=when.begin if when else None,
            service_end=when.end if when else None,
            service_types=tuple(code for segment in asked for code in segment.repeats(1)),
            procedure=product.part(2, 2),
            modifiers=read_modifiers(product, 2),
            envelope=transaction.envelope,
        )


def _read_subscriber(loop: Loop | None) -> Subscriber:
    if loop is None:
        return Subscriber("", Person(""))
    return Subscriber(loop.first("NM1").get(9), read_person(loop), loop.ref("6P"))


def write_271(answers: EligibilityAnswer | Sequence[EligibilityAnswer], envelope: Envelope) -> bytes:
    """One interchange with a transaction set for each answer."""
    every = [answers] if isinstance(answers, EligibilityAnswer) else list(answers)
    return wrap(envelope, "HB", "271", VERSION, [_write_answer(answer, envelope) for answer in every])


def _write_answer(answer: EligibilityAnswer, envelope: Envelope) -> list[list[str]]:
    holder, dependent, rejections = answer.subscriber, answer.dependent, answer.rejections
    traces = [["TRN", "2", ident(trace, 50, "TRN02"), origin_of(answer.provider)] for trace in _traces(answer)]
    if answer.payer_trace:
        traces.append(["TRN", "1", ident(answer.payer_trace, 50, "TRN02"), f"9{answer.payer.id[:9]:0>9}"])
    out = [
        write_beginning("0022", "11", answer.reference or answer.trace, envelope),
        ["HL", "1", "", "20", "1" if holder else "0"],
        *write_rejections(rejections, "request"),
        write_payer("PR", answer.payer),
        *write_rejections(rejections, "payer"),
    ]
    if holder is None and not any(each.where == "provider" for each in rejections):
        return out
    out += [["HL", "2", "1", "21", "1" if holder else "0"], write_asker("1P", answer.provider, "2100B")]
    out += write_rejections(rejections, "provider")
    if holder is None:
        return out
    out += [["HL", "3", "2", "22", "1" if dependent else "0"], *([] if dependent else traces)]
    out += _write_member("IL", holder, write_rejections(rejections, "subscriber"), "2100C")
    if dependent:
        out += [["HL", "4", "3", "23", "0"], *traces]
        out += _write_member("03", dependent, write_rejections(rejections, "dependent"), "2100D")
    for benefit in answer.benefits:
        out += write_benefit(benefit)
    return out


def _traces(answer: EligibilityAnswer) -> tuple[str, ...]:
    return answer.traces or ((answer.trace,) if answer.trace else ())


def _write_member(entity: str, member: Member, rejections: list[list[str]], loop: str) -> list[list[str]]:
    number = ident(member.member_id, 80, f"NM109 of loop {loop}", required=False)
    name, *rest = write_person(entity, member.person, loop, "MI", number)
    facts = [segment for segment in rest if segment[0] == "DMG"]
    out = [name]
    if member.group_number:
        out.append(
            ["REF", "6P", ident(member.group_number, 50, "REF02 (6P)"), text(member.group_name, 60, "REF03 (6P)")]
        )
    out += write_references(member.references)
    out += [segment for segment in rest if segment[0] != "DMG"]
    out += [*rejections, *facts]
    if member.relationship or member.changed:
        holds = "Y" if entity == "IL" else "N"
        changed = ["001", "25"] if member.changed else []
        out.append(["INS", holds, member.relationship or SELF, *changed])
    return out + [write_period(period.kind, period.begin, period.end) for period in member.periods]


def read_271(source: bytes, *, strict: bool = True) -> list[EligibilityAnswer]:
    """Every answer of a file, one for each patient; where a payer refused before it came to a patient, that alone.

    Raises `X12Error`. Amounts, counts and days that are none are left out (`check` names them).
    """
    return [
        answer
        for transaction, root in read_documents(source, "X279", "271", strict=strict)
        for payer in root.children("2000A")
        for answer in _read_answers(transaction, root.first("BHT").get(3), payer)
    ]


def _read_answers(transaction: Transaction, reference: str, payer: Loop) -> Iterator[EligibilityAnswer]:
    refused = (*read_rejections(payer, "request"), *read_rejections(payer.child("2100A"), "payer"))
    answer = EligibilityAnswer(
        trace="",
        payer=read_payer(payer.child("2100A")),
        provider=Provider(""),
        subscriber=None,
        rejections=refused,
        reference=reference,
        envelope=transaction.envelope,
    )
    askers = list(payer.children("2000B"))
    if not askers:
        yield answer
    for asker in askers:
        provider = asker.child("2100B")
        asked = replace(
            answer,
            provider=read_provider(provider) if provider else Provider(""),
            rejections=(*refused, *read_rejections(provider, "provider")),
        )
        holders = list(asker.children("2000C"))
        if not holders:
            yield asked
        for holder in holders:
            yield from _read_patients(asked, holder)


def _read_patients(answer: EligibilityAnswer, holder: Loop) -> Iterator[EligibilityAnswer]:
    """The subscriber, where something is said of them or there is nobody else, then each dependent."""
    insured = holder.child("2100C")
    rejections = (*answer.rejections, *read_rejections(insured, "subscriber"))
    mine = replace(answer, subscriber=_read_member(insured) if insured else None, rejections=rejections)
    dependents = list(holder.children("2000D"))
    if not dependents or (insured and insured.child("2110C")):
        yield _with_benefits(mine, insured, "2110C", holder)
    for level in dependents:
        person = level.child("2100D")
        theirs = replace(
            mine,
            dependent=_read_member(person) if person else None,
            rejections=(*rejections, *read_rejections(person, "dependent")),
        )
        yield _with_benefits(theirs, person, "2110D", level, holder)


def _with_benefits(answer: EligibilityAnswer, person: Loop | None, name: str, *levels: Loop) -> EligibilityAnswer:
    benefits = tuple(read_benefit(loop) for loop in person.children(name)) if person else ()
    traces = traces_of(*levels)
    return replace(
        answer,
        trace=traces[0] if traces else "",
        traces=traces,
        payer_trace=next((found for level in levels if (found := level.first("TRN", "1").get(2))), ""),
        benefits=benefits,
        rejections=answer.rejections + tuple(each for benefit in benefits for each in benefit.rejections),
    )


def _read_member(loop: Loop) -> Member:
    group, kin = loop.first("REF", "6P"), loop.first("INS")
    return Member(
        person=read_person(loop),
        member_id=loop.first("NM1").get(9),
        group_number=group.get(2),
        group_name=group.get(3),
        relationship=kin.get(2),
        changed=kin.get(3) == "001",
        periods=tuple(read_periods(loop)),
        references=tuple(read_references(loop, "6P")),
    )
