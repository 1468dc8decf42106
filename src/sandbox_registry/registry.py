"""The registry's judgement of a message: what it keeps, and what it answers."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date
from itertools import count

from liaison.engines import hl7v2
from liaison.engines.hl7v2.groups import groups_of, read_dose
from liaison.engines.hl7v2.orders import write_order
from liaison.engines.hl7v2.person import read_person, write_pd1, write_pid
from liaison.engines.vaccines import facts
from sandbox_registry.forecast import opinion
from sandbox_registry.past import has_namesake, is_unknown, past_of
from sandbox_registry.store import Known, Store

NAME = "SANDBOX"
_CODES = {"field-missing": "101", "segment-missing": "100", "code": "103", "date": "102", "number": "102"}


class Registry:
    """Answers one message at a time. Its day is `today`, or that of each message."""

    def __init__(self, store: Store, today: date | None = None, *, invents: bool = False) -> None:
        self.store = store
        self._today = today
        self._invents = invents
        self._numbers = count(1)
        self._lock = threading.Lock()

    def answer(self, data: bytes, mood: str = "") -> bytes:
        """What the registry says to a message; on disk before it is said. The same message again: the same answer.

        Raises `Hl7Error` for what is no message at all.
        """
        message = hl7v2.read_message(data)
        header = hl7v2.read_header(message)
        with self.store.alone():
            kind = message.header.text(9)
            if kind != "QBP":
                known = self.store.answered(header.sending_facility, header.control_id, data)
                if known is not None:
                    return known
            if mood in ("ae", "ar"):
                problem = hl7v2.Problem(
                    "RXA", 1, 5, 1, "207" if mood == "ar" else "103", "E", "The registry says no today"
                )
                answer = self._ack(header, mood.upper(), (problem,))
            elif kind == "VXU":
                answer = self._take(message, header)
            elif kind == "QBP":
                answer = self._find(message, header, mood)
            else:
                problem = hl7v2.Problem("MSH", 1, 9, 1, "200", "E", "Only VXU and QBP are taken here")
                answer = self._ack(header, "AR", (problem,))
            self.store.answer(header.sending_facility, header.control_id, data, answer)
            return answer

    def begin(self, batch: bytes) -> None:
        """Take in what other clinics have told, unless somebody is known already. What cannot be read is left out."""
        if self.store.counts()["people"]:
            return
        try:
            messages = hl7v2.read_messages(batch)
        except hl7v2.Hl7Error:
            return
        with self.store.alone():
            for message in messages:
                if message.header.text(9) == "VXU" and message.first("PID") is not None:
                    self._keep(message, hl7v2.read_header(message))

    def _day(self, header: hl7v2.Header) -> date:
        return self._today or header.created.date()

    def _reply(self, header: hl7v2.Header) -> hl7v2.Header:
        with self._lock:
            number = next(self._numbers)
        return header.reply(f"{NAME}-{header.control_id}-{number}"[:199], header.created)

    def _ack(self, header: hl7v2.Header, code: str, problems: tuple[hl7v2.Problem, ...]) -> bytes:
        return hl7v2.write_ack(hl7v2.Acknowledgment(self._reply(header), code, header.control_id, problems=problems))

    def _take(self, message: hl7v2.Message, header: hl7v2.Header) -> bytes:
        """Check a VXU and keep what is right of it: all of it, or nothing."""
        tables = facts()
        found = hl7v2.check_message(
            message, cvx=tables.vaccines.keys(), mvx=tables.manufacturers.keys(), today=self._day(header)
        )
        if message.header.text(12) != "2.5.1":
            problem = hl7v2.Problem("MSH", 1, 12, 1, "203", "E", "Only version 2.5.1 is taken here")
            return self._ack(header, "AR", (problem,))
        problems = [_problem(one) for one in found]
        if not any(one.severity == "E" for one in problems):
            problems += self._keep(message, header)
        failed = any(one.severity == "E" for one in problems)
        return self._ack(header, "AE" if failed else "AA", tuple(problems))

    def _keep(self, message: hl7v2.Message, header: hl7v2.Header) -> list[hl7v2.Problem]:
        update = hl7v2.read_vxu(message)
        person = update.patient
        facility = header.sending_facility or "?"
        known = self._known(person, facility)
        number = self._enter(known, person)
        for identifier in person.identifiers:
            self.store.keep_number(identifier.authority or facility, identifier.value, number)
        warnings = []
        for at, dose in enumerate(update.doses, start=1):
            authority = dose.authority or facility
            if dose.action == "D":
                if not self.store.remove_dose(authority, dose.id):
                    words = "There is no such dose to delete"
                    warnings.append(hl7v2.Problem("ORC", at, 3, 0, "204", "W", words))
                continue
            order, _ = write_order(dose, 1)
            self.store.keep_dose(number, authority, dose.id, str(dose.given_on), order)
        return warnings

    def _known(self, person: hl7v2.Person, facility: str) -> Known | None:
        for identifier in person.identifiers:
            known = self.store.by_number(identifier.authority or facility, identifier.value)
            if known is not None:
                return known
        same = self.store.by_name(_folded(person.name.family), str(person.birth_date))
        return next((one for one in same if one.given == _folded(person.name.given)), None)

    def _enter(self, known: Known | None, person: hl7v2.Person) -> int:
        family, given = _folded(person.name.family), _folded(person.name.given)
        pid = write_pid(person) + write_pd1(person)
        return self.store.keep_person(known, family, given, str(person.birth_date), pid, person.protection == "Y")

    def _find(self, message: hl7v2.Message, header: hl7v2.Header, mood: str) -> bytes:
        """Answer a question with a history, a list, or nothing."""
        try:
            query = hl7v2.read_qbp(message)
        except hl7v2.Hl7Error as fault:
            return self._nothing(message, header, "AR", "AR", (_problem(fault),))
        problems = tuple(_problem(one) for one in hl7v2.check_message(message))
        if any(one.severity == "E" for one in problems):
            return self._nothing(message, header, "AE", "AE", problems)
        person, today = query.patient, self._day(header)
        if self._invents:
            self._invent(person, header, today)
        found = self._matches(person, header.sending_facility)
        if mood == "stranger":
            stranger = self.store.anybody_but(found[0].id if found else 0)
            found = [stranger] if stranger is not None else found
        if not found or (len(found) == 1 and found[0].protected):
            return self._nothing(message, header, "AA", "PD" if found else "NF", ())
        if len(found) > query.limit:
            return self._nothing(message, header, "AA", "TM", ())
        if len(found) > 1:
            people = tuple(_person(one) for one in found)
            return self._said(message, header, profile="Z31", candidates=people)
        return self._history(message, header, query.profile, found[0], today, twice=mood == "duplicates")

    def _history(
        self, message: hl7v2.Message, header: hl7v2.Header, profile: str, known: Known, today: date, *, twice: bool
    ) -> bytes:
        doses = [dose for one in self.store.doses(known.id) for dose in _doses(one.segments)]
        doses = doses * 2 if twice else doses
        person = _person(known)
        if profile == "Z34":
            return self._said(
                message, header, profile="Z32", patient=person, doses=tuple(hl7v2.KnownDose(dose) for dose in doses)
            )
        told, due = opinion(person, doses, today)
        return self._said(message, header, profile="Z42", patient=person, doses=tuple(told), due=tuple(due))

    def _matches(self, person: hl7v2.Person, facility: str) -> list[Known]:
        """Who may be meant: the one of a number that the registry gave, or those of the name and birth date."""
        for identifier in person.identifiers:
            own = identifier.authority == NAME and identifier.value.isdigit() and len(identifier.value) < 12
            known = self.store.person(int(identifier.value)) if own else None
            if known is not None and known.born == str(person.birth_date):
                return [known]
        same = self.store.by_name(_folded(person.name.family), str(person.birth_date))
        given = _folded(person.name.given)
        near = [one for one in same if one.given[:2] == given[:2]]
        exact = [one for one in near if one.given == given]
        return exact if len(exact) == 1 and len(near) == 1 else near

    def _invent(self, person: hl7v2.Person, header: hl7v2.Header, today: date) -> None:
        """Give somebody who is asked for the first time a past; one in eight stays unknown."""
        family, given, born = person.name.family, person.name.given, person.birth_date
        if born is None or is_unknown(family, given, born):
            return
        same = self.store.by_name(_folded(family), str(born))
        known = next((one for one in same if one.given == _folded(given)), None)
        past = past_of(family, given, born, today)
        if known is not None and any(one.authority == NAME for one in self.store.doses(known.id)):
            return
        number = self._enter(known, person) if known is None else known.id
        for dose in past:
            self.store.keep_dose(number, NAME, dose.id, str(dose.given_on), write_order(dose, 1)[0])
        if known is None and has_namesake(family, given, born):
            other = hl7v2.Person(
                (), hl7v2.Name(family, f"{given[:2]}{'bel' if person.sex == 'F' else 'rin'}"), born, person.sex
            )
            self._enter(None, other)

    def _nothing(
        self, message: hl7v2.Message, header: hl7v2.Header, code: str, status: str, problems: tuple[hl7v2.Problem, ...]
    ) -> bytes:
        return self._said(message, header, profile="Z33", code=code, status=status, problems=problems)

    def _said(
        self,
        message: hl7v2.Message,
        header: hl7v2.Header,
        *,
        profile: str,
        code: str = "AA",
        status: str = "OK",
        candidates: tuple[hl7v2.Person, ...] = (),
        patient: hl7v2.Person | None = None,
        doses: tuple[hl7v2.KnownDose, ...] = (),
        due: tuple[hl7v2.Recommendation, ...] = (),
        problems: tuple[hl7v2.Problem, ...] = (),
    ) -> bytes:
        qpd = message.get("QPD")
        return hl7v2.write_rsp(
            hl7v2.Reply(
                self._reply(header), profile, code, header.control_id, status, qpd.text(2), qpd.raw,
                candidates=candidates, patient=patient, doses=doses, due=due, problems=problems,
            )
        )  # fmt: skip


def _folded(text: str) -> str:
    return " ".join(text.casefold().replace("-", " ").replace("'", "").split())


def _problem(fault: hl7v2.Hl7Error) -> hl7v2.Problem:
    code = _CODES.get(fault.rule, "199")
    return hl7v2.Problem(
        fault.segment or "MSH", fault.sequence or 1, fault.field, fault.component, code, fault.severity, fault.message
    )


def _message(segments: str) -> hl7v2.Message:
    head = "MSH|^~\\&|||||19700101||ACK|1|P|2.5.1\r"
    return hl7v2.read_message((head + segments).encode())


def _person(known: Known) -> hl7v2.Person:
    """Somebody as the registry tells of them: its own number first."""
    message = _message(known.pid)
    person = read_person(message.get("PID"), message.first("PD1"))
    own = hl7v2.Identifier(str(known.id), NAME, "SR")
    return replace(person, identifiers=(own, *(one for one in person.identifiers if one.kind == "MR")))


def _doses(segments: str) -> list[hl7v2.Dose]:
    return [read_dose(group) for group in groups_of(_message(segments).segments)]
