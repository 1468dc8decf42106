"""The registry as a process: it checks, keeps, answers, forgets nothing when killed, and has its bad days."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from http.client import HTTPException
from pathlib import Path

import pytest

from liaison.engines import hl7v2
from liaison.engines.hl7v2 import soap
from tests.hl7v2.samples import CHILD, GIVEN, HEADER, OLD, QUERY, UPDATE
from tests.sandbox_registry.running import Running
from tests.support.sandboxes import starting

pytestmark = pytest.mark.processes

PLAIN = replace(CHILD, name=hl7v2.Name("Wren", "Ada"))


@pytest.fixture
def start() -> Iterator[Callable[..., Running]]:
    with starting(Running) as run:
        yield run


def update(*doses: hl7v2.Dose, control: str = "1", person: hl7v2.Person = PLAIN) -> bytes:
    header = replace(HEADER, control_id=control)
    return hl7v2.write_vxu(replace(UPDATE, header=header, patient=person, doses=doses or (GIVEN, OLD)))


def question(profile: str = "Z44", person: hl7v2.Person = PLAIN, control: str = "q1") -> bytes:
    return hl7v2.write_qbp(
        replace(QUERY, header=replace(HEADER, control_id=control), patient=person, profile=profile, tag="t1")
    )


def acknowledged(answer: bytes | str) -> hl7v2.Acknowledgment:
    return hl7v2.read_ack(hl7v2.read_message(answer if isinstance(answer, bytes) else answer.encode()))


def answered(registry: Running, asked: bytes) -> hl7v2.Answer:
    return hl7v2.read_rsp(hl7v2.read_message(registry.submit(asked).encode()))


def test_a_dose_told_is_a_dose_known(start: Callable[..., Running]) -> None:
    registry = start()
    assert registry.first_line.startswith("listening on 127.0.0.1:")
    ack = acknowledged(registry.submit(update()))
    assert (ack.code, ack.about, ack.problems) == ("AA", "1", ())
    answer = answered(registry, question())
    assert (answer.profile, answer.status, answer.tag) == ("Z42", "OK", "t1")
    assert answer.patient is not None
    assert (answer.patient.name, answer.patient.birth_date) == (PLAIN.name, PLAIN.birth_date)
    assert [(one.dose.cvx, one.dose.given_on) for one in answer.doses] == [
        ("08", OLD.given_on),
        ("20", GIVEN.given_on),
    ]
    assert answer.doses[0].evaluations[0].valid is True
    assert {due.cvx for due in answer.due} >= {"107", "03", "89"}
    history = answered(registry, question("Z34", control="q2"))
    assert (history.profile, len(history.doses), history.due) == ("Z32", 2, ())


def test_the_same_message_again_is_answered_the_same_and_doubles_nothing(start: Callable[..., Running]) -> None:
    registry = start()
    assert registry.submit(update()) == registry.submit(update())
    registry.submit(update(control="2"))
    assert registry.counts() == {"people": 1, "doses": 2, "messages": 2, "received": 3}


def test_what_was_answered_is_there_after_a_kill(start: Callable[..., Running], tmp_path: Path) -> None:
    state = str(tmp_path / "registry.sqlite3")
    first = start("--state", state)
    first.submit(update())
    first.kill()
    assert start("--state", state).counts()["doses"] == 2


def test_a_dose_is_corrected_and_deleted_by_its_number(start: Callable[..., Running]) -> None:
    registry = start()
    registry.submit(update())
    registry.submit(update(replace(GIVEN, action="U", lot="NEWLOT"), control="2"))
    registry.submit(update(replace(OLD, action="D"), control="3"))
    answer = answered(registry, question())
    assert [(one.dose.cvx, one.dose.lot) for one in answer.doses] == [("20", "NEWLOT")]
    again = acknowledged(registry.submit(update(replace(OLD, action="D"), control="4")))
    assert (again.outcome, again.problems[0].segment) == ("warnings", "ORC")


def test_faults_are_named_by_their_place_and_nothing_of_the_message_is_kept(start: Callable[..., Running]) -> None:
    registry = start()
    bad = update().decode().replace("20^DTaP^CVX", "777^DTaP^CVX").replace("|20240229|F|", "||F|")
    ack = acknowledged(registry.submit(bad.encode()))
    errors = [(one.place, one.code) for one in ack.problems if one.severity == "E"]
    assert (ack.code, errors) == ("AE", [("PID-7", "101"), ("RXA-5", "103")])
    assert registry.counts()["doses"] == 0
    future = acknowledged(registry.submit(update(replace(GIVEN, given_on=date(2027, 1, 1)), control="5")))
    assert [(one.place, one.text) for one in future.problems] == [("RXA-3", "The dose lies in the future.")]
    old = acknowledged(registry.submit(update(control="6").replace(b"|P|2.5.1|", b"|P|2.4|")))
    assert (old.code, old.problems[0].place) == ("AR", "MSH-12")


def test_namesakes_are_listed_and_one_is_chosen_by_the_registrys_number(start: Callable[..., Running]) -> None:
    registry = start()
    twin = replace(PLAIN, name=hl7v2.Name("Wren", "Adam"), identifiers=(hl7v2.Identifier("9", "LIAISON"),))
    registry.submit(update())
    registry.submit(update(replace(OLD, id="z"), control="2", person=twin))
    asked = replace(PLAIN, identifiers=())
    listed = answered(registry, question(person=asked))
    assert (listed.profile, [one.name.given for one in listed.candidates]) == ("Z31", ["Ada", "Adam"])
    chosen = replace(asked, identifiers=(listed.candidates[1].identifiers[0],))
    answer = answered(registry, question(person=chosen, control="q2"))
    assert answer.patient is not None
    assert answer.patient.name.given == "Adam"


def test_nobody_is_found_where_nobody_is_and_who_does_not_share_is_not_told(start: Callable[..., Running]) -> None:
    registry = start()
    assert (answered(registry, question()).profile, answered(registry, question()).status) == ("Z33", "NF")
    registry.submit(update(person=replace(PLAIN, protection="Y")))
    assert answered(registry, question(control="q2")).status == "PD"


def test_who_is_asked_for_gets_the_same_past_every_time(start: Callable[..., Running]) -> None:
    registry = start("--invent", "--today", "2026-11-22")
    histories = [answered(registry, question(control=control)) for control in ("a", "b")]
    assert histories[0].doses == histories[1].doses
    assert len(histories[0].doses) > 5
    assert all(one.dose.given_on is not None and one.dose.given_on < date(2026, 11, 22) for one in histories[0].doses)


@pytest.mark.parametrize("version", [soap.V2011, soap.V2014])
def test_the_web_service_echoes_and_refuses_as_its_description_says(
    start: Callable[..., Running], version: str
) -> None:
    registry = start()
    assert registry.call(soap.Call(soap.TEST, "is anybody there? <&>", version=version)) == "is anybody there? <&>"
    assert acknowledged(registry.submit(update(), version=version)).code == "AA"
    with pytest.raises(soap.SoapFault) as wrong:
        registry.submit(update(), password="guess", version=version)
    assert wrong.value.kind == soap.SECURITY
    with pytest.raises(soap.SoapFault) as large:
        registry.submit(b"MSH" + b"x" * 1_000_001, version=version)
    assert large.value.kind == soap.TOO_LARGE
    with pytest.raises(soap.SoapFault) as other:
        registry.call(soap.Call("submitBatch", "", version=version))
    assert other.value.kind == soap.UNSUPPORTED
    with pytest.raises(soap.SoapFault, match="no HL7"):
        registry.submit(b"hello", version=version)


def test_the_plain_way_asks_for_the_password(start: Callable[..., Running]) -> None:
    registry = start()
    assert registry.post(update(), password="guess")[0] == 401
    status, answer = registry.post(update())
    assert (status, acknowledged(answer).code) == (200, "AA")
    assert registry.post(b"hello")[0] == 400


def test_mischief_lasts_as_long_as_it_was_ordered(start: Callable[..., Running]) -> None:
    registry = start("--mischief", "garbage:1,ae:1,cut:1")
    with pytest.raises(hl7v2.Hl7Error):
        registry.submit(update())
    assert acknowledged(registry.submit(update())).code == "AE"
    with pytest.raises((HTTPException, ConnectionError)):
        registry.submit(update(control="2"))
    assert registry.counts()["doses"] == 2, "it broke off after it had kept them"
    assert acknowledged(registry.submit(update(control="2"))).code == "AA"
    assert registry.ask("POST", "/mischief", b"sulking")[0] == 400
    registry.mischief("stranger:1")
    registry.submit(update(replace(OLD, id="s"), control="3", person=replace(
        PLAIN, name=hl7v2.Name("Finch", "Otto"), identifiers=(hl7v2.Identifier("77", "LIAISON"),)
    )))  # fmt: skip
    registry.mischief("stranger:1")
    stranger = answered(registry, question())
    assert stranger.patient is not None
    assert stranger.patient.name.family == "Finch"


def test_broken_soap_is_refused_in_soap(start: Callable[..., Running]) -> None:
    registry = start()
    for body in (b"", b"<a>", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', b"<a/>"):
        status, answer = registry.ask("POST", "/soap", body)
        assert status == 500
        with pytest.raises(soap.SoapFault):
            soap.read_answer(answer)


def test_it_begins_with_what_other_clinics_have_told_it(start: Callable[..., Running], tmp_path: Path) -> None:
    batch = tmp_path / "others.hl7"
    batch.write_bytes(update() + b"PID|nonsense\r" + update(replace(OLD, id="t"), control="2", person=replace(
        PLAIN, name=hl7v2.Name("Finch", "Otto"), identifiers=(hl7v2.Identifier("77", "OTHER"),)
    )))  # fmt: skip
    state = str(tmp_path / "registry.sqlite3")
    first = start("--begin", str(batch), "--state", state)
    assert first.counts()["doses"] == 3
    first.kill()
    assert start("--begin", str(batch), "--state", state).counts()["doses"] == 3, "once"
    assert start("--begin", str(tmp_path / "nowhere.hl7")).counts()["people"] == 0
