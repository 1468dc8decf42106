"""The registry is asked, chosen from, compared with and taken over from; an answer for somebody else is refused."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from unittest import mock

import pytest
from django.utils import timezone

from liaison.engines import hl7v2
from liaison.immunize import actions as immunize
from liaison.immunize.models import Immunization
from liaison.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from liaison.people import actions as people
from liaison.people.models import Patient
from liaison.record import outbox
from liaison.record.models import AuditEntry
from liaison.registry import actions, exchange, queries
from liaison.registry.models import Message
from tests.hl7v2.samples import GIVEN, HEADER, OLD, UPDATE
from tests.registry.doses import BORN, child
from tests.sandbox_registry.running import Running
from tests.support.practice import Practice

pytestmark = pytest.mark.processes
Connect = Callable[..., None]
ELSEWHERE = replace(HEADER, sending_facility="9999", control_id="other")


def tell(registry: Running, *doses: hl7v2.Dose, given: str = "Ada", number: str = "77") -> None:
    """Another clinic tells the registry of doses of a child of this name, born on the same day."""
    person = hl7v2.Person((hl7v2.Identifier(number, "OTHER"),), hl7v2.Name("Wren", given), BORN, "F")
    header = replace(ELSEWHERE, control_id=f"other-{number}")
    ack = registry.submit(hl7v2.write_vxu(replace(UPDATE, header=header, patient=person, doses=doses)))
    assert "MSA|AA" in ack


def asked(practice: Practice, patient: Patient, **more: object) -> Message:
    question = actions.ask(practice.ma, patient.pk, **more)  # type: ignore[arg-type]  # as a page hands them
    assert exchange.send(question.pk) == ""
    question.refresh_from_db()
    return question


def kinds(message: Message) -> list[tuple[str, str]]:
    return [(row.kind, row.name) for row in queries.compared(message)]


def test_the_histories_stand_side_by_side_and_what_is_new_is_taken_over(
    practice: Practice, registry: Running, connect: Connect
) -> None:
    connect(registry)
    tell(
        registry,
        replace(OLD, given_on=date(2024, 3, 1), id="hepb"),
        replace(GIVEN, given_on=date(2024, 4, 29), id="dtap"),
        replace(OLD, vaccine=hl7v2.Coded("110", "Pediarix", "CVX"), given_on=date(2024, 7, 1), id="comb"),
        replace(OLD, vaccine=hl7v2.Coded("83", "HepA", "CVX"), given_on=date(2025, 4, 1), id="hepa"),
    )
    patient = child(practice)
    immunize.add_history(practice.ma, patient.pk, cvx="45", on=date(2024, 3, 1), source="card")
    immunize.add_history(practice.ma, patient.pk, cvx="20", on=date(2024, 4, 30), source="card")
    immunize.add_history(practice.ma, patient.pk, cvx="03", on=date(2025, 4, 1), source="card")
    question = asked(practice, patient)
    assert (question.state, question.outcome) == ("accepted", "Z42")
    assert kinds(question) == [
        ("ours", "MMR"),
        ("new", "Hep A, ped/adol, 2 dose"),
        ("new", "DTaP-Hep B-IPV"),
        ("conflict", "DTaP"),
        ("same", "Hep B, adolescent or pediatric"),
    ]
    new = [row.place for row in queries.compared(question) if row.kind == "new"]
    taken = actions.take_over(practice.ma, question.pk, patient.pk, [*new, 99])
    outbox.deliver()
    assert [(one.cvx, one.source, one.registry_id) for one in taken.doses] == [
        ("110", "registry", "LIAISON:comb"),
        ("83", "registry", "LIAISON:hepa"),
    ]
    assert not [kind for kind, _ in kinds(question) if kind == "new"]
    assert Message.objects.filter(kind="vxu").count() == 0, "the registry is never told what it told us"
    again = actions.take_over(practice.ma, question.pk, patient.pk, new)
    assert again.doses == []


def test_a_dose_that_differs_is_taken_over_by_a_persons_choice_alone(
    practice: Practice, registry: Running, connect: Connect
) -> None:
    connect(registry)
    tell(registry, replace(GIVEN, given_on=date(2024, 4, 29), id="dtap"))
    patient = child(practice)
    immunize.add_history(practice.ma, patient.pk, cvx="20", on=date(2024, 4, 30), source="card")
    question = asked(practice, patient)
    (row,) = [row for row in queries.compared(question) if row.known]
    assert (row.kind, row.words, row.may_take) == ("conflict", "Ours is 1 day apart.", True)
    assert len(actions.take_over(practice.ma, question.pk, patient.pk, [row.place]).doses) == 1


def test_one_refused_dose_keeps_no_other_back(practice: Practice, registry: Running, connect: Connect) -> None:
    connect(registry)
    tell(registry, replace(OLD, given_on=date(2024, 3, 1)), replace(GIVEN, given_on=date(2024, 4, 29), id="x"))
    patient = child(practice)
    question = asked(practice, patient)
    people.update(practice.desk, patient.pk, birth_date=date(2024, 4, 1))
    taken = actions.take_over(practice.ma, question.pk, patient.pk, [0, 1])
    assert [one.cvx for one in taken.doses] == ["20"]
    assert ["birth" in refusal.sentence for refusal in taken.refused.values()] == [True]


def test_one_of_several_is_chosen(practice: Practice, registry: Running, connect: Connect) -> None:
    connect(registry)
    tell(registry, OLD, given="Adam", number="1")
    tell(registry, replace(GIVEN, given_on=date(2024, 4, 29), id="z"), given="Adele", number="2")
    patient = child(practice)
    listed = asked(practice, patient)
    answer = queries.answer_of(listed)
    assert answer is not None
    assert (listed.outcome, [one.name.given for one in answer.candidates]) == ("Z31", ["Adam", "Adele"])
    with pytest.raises(Invalid):
        actions.ask(practice.ma, patient.pk, candidate=7, of=listed.pk)
    chosen = asked(practice, patient, candidate=1, of=listed.pk)
    assert (chosen.state, chosen.outcome) == ("accepted", "Z42")
    assert [name for _, name in kinds(chosen)] == ["DTaP"]


def test_nobody_found_says_so(practice: Practice, registry: Running, connect: Connect) -> None:
    connect(registry)
    question = asked(practice, child(practice))
    assert (question.outcome, question.note) == ("Z33", "The registry knows nobody of this name and birth date.")


def test_an_answer_for_somebody_else_is_refused_and_kept(
    practice: Practice, registry: Running, connect: Connect
) -> None:
    connect(registry)
    tell(registry, OLD)
    stranger = hl7v2.Person((hl7v2.Identifier("5", "OTHER"),), hl7v2.Name("Finch", "Otto"), date(1990, 1, 1), "M")
    registry.submit(
        hl7v2.write_vxu(
            replace(
                UPDATE, header=replace(ELSEWHERE, control_id="s"), patient=stranger, doses=(replace(GIVEN, id="s"),)
            )
        )
    )
    patient = child(practice)
    registry.mischief("stranger:1")
    question = asked(practice, patient)
    assert question.state == "rejected"
    assert question.note.startswith("The registry's answer is about somebody else: the birth date differs")
    assert b"Finch" in bytes(question.answer or b"")
    with pytest.raises(Conflict, match="somebody else"):
        actions.take_over(practice.ma, question.pk, patient.pk, [0])
    assert Immunization.objects.count() == 0


@pytest.mark.parametrize(
    ("family", "given", "born", "differs"),
    [
        ("WREN", "ADA MAY", BORN, ""),
        ("Wren-Finch", "Ada", BORN, ""),
        ("Wrén", "Ad", None, ""),
        ("Wren", "Ada", date(2024, 2, 28), "birth date"),
        ("Finch", "Ada", BORN, "name"),
        ("Wren", "Rosa", BORN, "name"),
    ],
)
def test_who_is_somebody_else(family: str, given: str, born: date | None, differs: str) -> None:
    ours = hl7v2.Person((), hl7v2.Name("Wren", "Ada", "May"), BORN)
    assert queries.other_person(ours, hl7v2.Person((), hl7v2.Name(family, given), born)) == differs


def test_a_dose_that_the_registry_lists_twice_is_offered_once(
    practice: Practice, registry: Running, connect: Connect
) -> None:
    connect(registry)
    tell(registry, OLD)
    registry.mischief("duplicates:1")
    question = asked(practice, child(practice))
    assert sorted(kind for kind, _ in kinds(question)) == ["new", "same"]


def test_a_registry_that_does_not_answer_leaves_the_question_waiting(
    practice: Practice, registry: Running, connect: Connect
) -> None:
    connect(registry)
    registry.mischief("error:9")
    question = actions.ask(practice.ma, child(practice).pk)
    assert "can" in exchange.send(question.pk)
    question.refresh_from_db()
    assert question.state == "to_send"
    for _ in range(3):
        exchange.send_waiting(timezone.now() + timedelta(hours=2))
    question.refresh_from_db()
    assert question.state == "failed", "a question is not asked for ever"


def test_killed_before_the_answer_is_read_it_is_read_later(
    practice: Practice, registry: Running, connect: Connect
) -> None:
    connect(registry)
    tell(registry, OLD)
    question = actions.ask(practice.ma, child(practice).pk)

    class Killed(BaseException):
        pass

    with mock.patch("liaison.registry.actions.answers.read", side_effect=Killed), pytest.raises(Killed):
        exchange.send(question.pk)
    exchange.send_waiting()
    question.refresh_from_db()
    assert (question.state, question.outcome, question.attempts) == ("accepted", "Z42", 1)


def test_who_may_ask_and_who_asked_is_on_record(practice: Practice, registry: Running, connect: Connect) -> None:
    connect(registry)
    patient = child(practice)
    with pytest.raises(Forbidden):
        actions.ask(practice.biller, patient.pk)
    actions.ask(practice.desk, patient.pk)
    assert AuditEntry.objects.filter(action="registry.query", actor_id=practice.desk.id, patient_id=patient.pk).exists()
    assert not [e for e in AuditEntry.objects.all() if "Wren" in str(vars(e))]
    with pytest.raises(NotFound):
        queries.message_for(practice.ma, Message.objects.get().pk, child(practice, given="Otto").pk)
