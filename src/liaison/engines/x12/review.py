"""Services review, ASC X12N 005010X217 (278): the request for an authorization or referral, its answer, and back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from liaison.engines.x12.check import read_documents
from liaison.engines.x12.claim_documents import SELF, Subscriber
from liaison.engines.x12.envelope import Envelope, Transaction, wrap
from liaison.engines.x12.errors import X12Error
from liaison.engines.x12.inquiries import (
    Rejection,
    first_period,
    origin_of,
    read_payer,
    read_rejections,
    refuse_purpose,
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
    write_address,
    write_contact,
    write_person,
    write_provider,
)
from liaison.engines.x12.review_documents import ReviewAnswer, ReviewRequest
from liaison.engines.x12.reviewed import (
    EVENT,
    read_decision,
    read_service,
    write_amount,
    write_decision,
    write_service,
)
from liaison.engines.x12.values import (
    ident,
    lenient_quantity,
    read_diagnoses,
    text,
    write_diagnoses,
)

VERSION = "005010X217"


def write_278(requests: ReviewRequest | Sequence[ReviewRequest], envelope: Envelope) -> bytes:
    """One interchange with a transaction set for each request."""
    every = [requests] if isinstance(requests, ReviewRequest) else list(requests)
    return wrap(envelope, "HI", "278", VERSION, [_write_request(request, envelope) for request in every])


def _write_request(request: ReviewRequest, envelope: Envelope) -> list[list[str]]:
    if request.category != "AR" and not request.services and not request.service_type:
        raise X12Error("question", "Ask for a service type or a procedure.", loop="2000E", element="UM03")
    event, origin = 5 if request.patient else 4, origin_of(request.requester)
    out = _write_levels(request, "13", request.trace, envelope)
    out += [
        ["HL", str(event), str(event - 1), "EV", "1" if request.services else "0"],
        ["TRN", "1", ident(request.trace, 50, "TRN02"), origin],
        _write_kind(request),
    ]
    if request.previous_number:
        out.append(["REF", "BB", ident(request.previous_number, 50, "REF02 (BB)")])
    if request.begin:
        out.append(write_period(EVENT, request.begin, request.end))
    out += [*write_diagnoses(request.diagnoses), *write_amount(request.quantity_kind, request.quantity)]
    out += [*_write_note(request.note), *_write_servicing(request.servicing)]
    for number, service in enumerate(request.services, event + 1):
        out += write_service(service, event, number, "1", origin)
    return out


def _write_levels(
    about: ReviewRequest | ReviewAnswer,
    purpose: str,
    reference: str,
    envelope: Envelope,
    refused: Sequence[Rejection] = (),
) -> list[list[str]]:
    """The levels of reviewer, requester and, where there is one, the patient, each with what was wrong with it."""
    subscriber, patient = about.subscriber, about.patient
    contact = about.requester.phone
    out = [
        write_beginning("0007", purpose, reference, envelope, "18" if purpose == "11" else ""),
        ["HL", "1", "", "20", "1"],
        *write_rejections(refused, "request"),
        write_payer("X3", about.payer),
        *write_rejections(refused, "payer"),
        ["HL", "2", "1", "21", "1" if subscriber else "0"],
        write_asker("1P", about.requester, "2010B"),
        *([write_contact("IC", "", contact)] if contact else []),
        *write_rejections(refused, "provider"),
    ]
    if subscriber is None:
        return out
    if (patient is None) != (about.relationship == SELF):
        raise X12Error("relationship", "Relationship 18 means no patient of its own.", loop="2000D", element="INS02")
    facts = write_person("IL", subscriber.person, "2010C")[1:]
    if subscriber.group_number:
        facts.insert(0, ["REF", "6P", ident(subscriber.group_number, 50, "REF02 (6P)")])
    out += [["HL", "3", "2", "22", "1"], write_insured(subscriber, patient, "2010C")]
    out += _before_birth(facts, write_rejections(refused, "subscriber"))
    if patient:
        name, *facts = write_person("QC", patient, "2010D")
        out += [["HL", "4", "3", "23", "1"], name, *_before_birth(facts, write_rejections(refused, "dependent"))]
        out.append(["INS", "N", ident(about.relationship, 2, "INS02")])
    return out


def _before_birth(facts: list[list[str]], rejections: list[list[str]]) -> list[list[str]]:
    """What was wrong stands behind the address and before the date of birth."""
    at = next((at for at, segment in enumerate(facts) if segment[0] == "DMG"), len(facts))
    return [*facts[:at], *rejections, *facts[at:]]


def _write_kind(about: ReviewRequest | ReviewAnswer) -> list[str]:
    place = f"{ident(about.place_of_service, 2, 'UM04-1')}:B" if about.place_of_service else ""
    urgent = "03" if isinstance(about, ReviewRequest) and about.is_urgent else ""
    release = "Y" if isinstance(about, ReviewRequest) else ""
    return ["UM", about.category, about.certification, about.service_type, place, "", urgent, "", "", release]


def _write_note(note: str) -> list[list[str]]:
    return [["MSG", text(note, 264, "MSG01", required=True)]] if note else []


def _write_servicing(provider: Provider | None) -> list[list[str]]:
    if provider is None:
        return []
    out = [write_provider("SJ", provider, "2010E"), *write_address(provider.address, "2010E")]
    if provider.phone:
        out.append(write_contact("IC", "", provider.phone))
    if provider.taxonomy:
        out.append(["PRV", "PE", "PXC", ident(provider.taxonomy, 10, "PRV03")])
    return out


def write_278_answer(answers: ReviewAnswer | Sequence[ReviewAnswer], envelope: Envelope) -> bytes:
    """One interchange with a transaction set for each answer."""
    every = [answers] if isinstance(answers, ReviewAnswer) else list(answers)
    return wrap(envelope, "HI", "278", VERSION, [_write_answer(answer, envelope) for answer in every])


def _write_answer(answer: ReviewAnswer, envelope: Envelope) -> list[list[str]]:
    refused = answer.rejections
    out = _write_levels(answer, "11", answer.reference or answer.trace, envelope, refused)
    if answer.subscriber is None:
        return out
    event = 5 if answer.patient else 4
    origin = origin_of(answer.requester)
    traces = answer.traces or ((answer.trace,) if answer.trace else ())
    decided, days = write_decision(answer.decision)
    out += [
        ["HL", str(event), str(event - 1), "EV", "1" if answer.services else "0"],
        *(["TRN", "2", ident(trace, 50, "TRN02"), origin] for trace in traces),
        *write_rejections(refused, "event"),
        _write_kind(answer),
        *decided,
    ]
    if answer.payer_reference:
        out.append(["REF", "NT", ident(answer.payer_reference, 50, "REF02 (NT)")])
    out += [*days, *write_diagnoses(answer.diagnoses)]
    if answer.decision:
        out += write_amount(answer.decision.quantity_kind or "VS", answer.decision.quantity)
    out += [*_write_note(answer.note), *_write_servicing(answer.servicing)]
    for number, service in enumerate(answer.services, event + 1):
        # What was wrong with services is told once, at the first.
        out += write_service(service, event, number, "2", origin, refused if number == event + 1 else ())
    return out


def read_278(source: bytes, *, strict: bool = True) -> list[ReviewRequest]:
    """Every request of a file; an answer raises "wrong-transaction"."""
    return list(_read_requests(source, strict))


def _read_requests(source: bytes, strict: bool) -> Iterator[ReviewRequest]:
    for transaction, root in read_documents(source, "X217", "278", strict=strict):
        refuse_purpose(transaction, root, "01", "13")
        for payer, requester, holder, patient, event in _events(root):
            if event is None:
                continue
            kind, amount = event.first("UM"), event.first("HSD")
            when = first_period(event, EVENT, "435")
            yield ReviewRequest(
                trace=event.first("TRN", "1").get(2),
                payer=read_payer(payer.child("2010A")),
                requester=_read_requester(requester),
                subscriber=_read_holder(holder) or Subscriber("", Person("")),
                diagnoses=tuple(read_diagnoses(event.all("HI"))),
                patient=_read_patient(patient),
                relationship=_read_kin(patient),
                category=kind.get(1),
                certification=kind.get(2),
                service_type=kind.get(3),
                place_of_service=kind.part(4, 1),
                is_urgent=kind.get(6) in _URGENT,
                begin=when.begin if when else None,
                end=when.end if when else None,
                quantity=lenient_quantity(amount.get(2)),
                quantity_kind=amount.get(1) or "VS",
                servicing=_read_servicing(event),
                services=tuple(read_service(loop, "1") for loop in event.children("2000F")),
                previous_number=event.ref("BB"),
                note=event.first("MSG").get(1),
                envelope=transaction.envelope,
            )


_URGENT = frozenset({"03", "E", "U"})
_Levels = tuple[Loop, Loop | None, Loop | None, Loop | None, Loop | None]


def _events(root: Loop) -> Iterator[_Levels]:
    """Each event asked about with the levels above it: payer, requester, subscriber, dependent."""
    for payer in root.children("2000A"):
        for requester in payer.children("2000B"):
            for holder in requester.children("2000C"):
                yield from ((payer, requester, holder, None, event) for event in holder.children("2000E"))
                for patient in holder.children("2000D"):
                    yield from ((payer, requester, holder, patient, event) for event in patient.children("2000E"))


def _read_requester(level: Loop | None) -> Provider:
    loop = level.child("2010B") if level else None
    return read_provider(loop) if loop else Provider("")


def _read_holder(level: Loop | None) -> Subscriber | None:
    loop = level.child("2010C") if level else None
    return Subscriber(loop.first("NM1").get(9), read_person(loop), loop.ref("6P")) if loop else None


def _read_patient(level: Loop | None) -> Person | None:
    loop = level.child("2010D") if level else None
    return read_person(loop) if loop else None


def _read_kin(level: Loop | None) -> str:
    loop = level.child("2010D") if level else None
    return (loop.first("INS").get(2) or "G8") if loop else SELF


def _read_servicing(event: Loop) -> Provider | None:
    loops = [loop for loop in event.children("2010E") if loop.first("NM1").get(1) == "SJ"]
    return read_provider(loops[0]) if loops else None


def read_278_answer(source: bytes, *, strict: bool = True) -> list[ReviewAnswer]:
    """Every answer of a file, one for each event; where a payer refused before it came to one, that alone."""
    return [
        answer
        for transaction, root in read_documents(source, "X217", "278", strict=strict)
        for answer in _read_answers(transaction, root)
    ]


def _read_answers(transaction: Transaction, root: Loop) -> Iterator[ReviewAnswer]:
    refuse_purpose(transaction, root, "11")
    payer = root.child("2000A") or Loop(root.spec)
    requester = payer.child("2000B")
    holder = requester.child("2000C") if requester else None
    patient = holder.child("2000D") if holder else None
    nothing: _Levels = (payer, requester, holder, patient, None)
    for payer, requester, holder, patient, event in [*_events(root)] or [nothing]:
        refused = (
            *read_rejections(payer, "request"),
            *read_rejections(payer.child("2010A"), "payer"),
            *read_rejections(requester, "provider"),
            *read_rejections(requester.child("2010B") if requester else None, "provider"),
            *read_rejections(holder, "subscriber"),
            *read_rejections(holder.child("2010C") if holder else None, "subscriber"),
            *read_rejections(patient, "dependent"),
            *read_rejections(patient.child("2010D") if patient else None, "dependent"),
        )
        answer = ReviewAnswer(
            trace="",
            payer=read_payer(payer.child("2010A")),
            requester=_read_requester(requester),
            subscriber=_read_holder(holder),
            patient=_read_patient(patient),
            relationship=_read_kin(patient),
            rejections=refused,
            reference=root.first("BHT").get(3),
            envelope=transaction.envelope,
        )
        yield _with_event(answer, event) if event else answer


def _with_event(answer: ReviewAnswer, event: Loop) -> ReviewAnswer:
    kind, traces = event.first("UM"), traces_of(event)
    services = list(event.children("2000F"))
    refused = (
        *read_rejections(event, "event"),
        *(each for loop in event.children("2010E") for each in read_rejections(loop, "event")),
        *(each for loop in services for each in read_rejections(loop, "service")),
    )
    return replace(
        answer,
        trace=traces[0] if traces else "",
        traces=traces,
        decision=read_decision(event),
        category=kind.get(1),
        certification=kind.get(2),
        service_type=kind.get(3),
        place_of_service=kind.part(4, 1),
        diagnoses=tuple(read_diagnoses(event.all("HI"))),
        servicing=_read_servicing(event),
        services=tuple(read_service(loop, "2") for loop in services),
        rejections=answer.rejections + refused,
        payer_reference=event.ref("NT"),
        note=event.first("MSG").get(1),
    )
