"""Doses go to the registry: told once each, mended when refused, never forgotten, never told as two."""

from collections.abc import Callable
from datetime import timedelta
from unittest import mock

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from liaison.engines import hl7v2
from liaison.immunize import actions as immunize
from liaison.kernel.errors import Conflict, Forbidden, Invalid
from liaison.people import actions as people
from liaison.record import outbox
from liaison.record.actor import machine
from liaison.record.models import AuditEntry, Intake
from liaison.record.promises import broken
from liaison.registry import actions, exchange, queries
from liaison.registry.actions import answers
from liaison.registry.models import Connection, Message
from liaison.worklist.models import Task
from tests.registry.doses import child, corrected, given, removed
from tests.sandbox_registry.running import PASSWORD, Running
from tests.support.practice import Practice

pytestmark = pytest.mark.processes
Connect = Callable[..., None]


def states() -> list[tuple[str, str]]:
    return list(Message.objects.order_by("number").values_list("action", "state"))


def later(hours: int = 2) -> int:
    """What waits for its next try is tried."""
    return exchange.send_waiting(timezone.now() + timedelta(hours=hours))


def tasks() -> list[tuple[str, str]]:
    return list(Task.objects.order_by("created_at").values_list("title", "status"))


@pytest.mark.parametrize("kind", ["soap", "soap2014", "https"])
def test_a_dose_given_is_told_and_accepted(practice: Practice, registry: Running, connect: Connect, kind: str) -> None:
    connect(registry, kind)
    dose = given(practice, child(practice))
    (message,) = Message.objects.all()
    told = hl7v2.read_vxu(hl7v2.read_message(bytes(message.body)))
    assert (told.patient.name.given, told.patient.name.middle, told.patient.maiden_name) == ("Ada", "May", "Finch")
    assert (told.doses[0].id, told.doses[0].cvx, told.doses[0].ndc) == (str(dose.pk), "20", "49281-0286-10")
    assert (told.doses[0].eligibility, told.doses[0].funding, told.relatives[0].relationship) == ("V02", "VXC51", "MTH")
    assert hl7v2.check(bytes(message.body)) == []
    assert exchange.send_waiting() == 1
    assert states() == [("A", "accepted")]
    assert registry.counts()["doses"] == 1
    assert exchange.send_waiting() == 0
    assert broken() == {}


def test_an_event_that_comes_twice_tells_once(practice: Practice, registry: Running, connect: Connect) -> None:
    connect(registry)
    dose = given(practice, child(practice))
    actions.tell(machine("registry"), dose.pk)
    exchange.send_waiting()
    actions.tell(machine("registry"), dose.pk)
    assert states() == [("A", "accepted")]


def test_a_correction_updates_and_a_removal_deletes(practice: Practice, registry: Running, connect: Connect) -> None:
    connect(registry)
    dose = given(practice, child(practice))
    exchange.send_waiting()
    corrected(practice, dose, body_site="RT")
    exchange.send_waiting()
    dose.refresh_from_db()
    removed(practice, dose)
    exchange.send_waiting()
    assert states() == [("A", "accepted"), ("U", "accepted"), ("D", "accepted")]
    assert registry.counts() == {"people": 1, "doses": 0, "messages": 3, "received": 3}


def test_what_was_never_sent_and_is_removed_is_not_told_at_all(
    practice: Practice, registry: Running, connect: Connect
) -> None:
    connect(registry)
    removed(practice, given(practice, child(practice)))
    assert states() == [("A", "superseded")]
    assert exchange.send_waiting() == 0
    assert registry.counts()["received"] == 0


def test_changes_before_sending_are_one_message(practice: Practice, registry: Running, connect: Connect) -> None:
    connect(registry)
    dose = given(practice, child(practice))
    corrected(practice, dose, body_site="RT")
    assert states() == [("A", "superseded"), ("A", "to_send")]
    exchange.send_waiting()
    assert registry.counts()["received"] == 1


def test_history_is_told_only_where_the_practice_wants_it_and_the_registrys_own_never(
    practice: Practice, registry: Running, connect: Connect
) -> None:
    connect(registry)
    patient = child(practice)
    immunize.add_history(practice.ma, patient.pk, cvx="08", on=patient.birth_date, source="card")
    outbox.deliver()
    assert states() == []
    connect(registry, send_history=True)
    immunize.add_history(practice.ma, patient.pk, cvx="10", on=patient.birth_date, source="card")
    immunize.add_history(practice.ma, patient.pk, cvx="03", on=patient.birth_date, source="registry")
    outbox.deliver()
    (message,) = Message.objects.all()
    told = hl7v2.read_vxu(hl7v2.read_message(bytes(message.body))).doses[0]
    assert (told.cvx, told.source, told.quantity) == ("10", "03", None)
    assert exchange.send_waiting() == 1
    assert states() == [("A", "accepted")]


def test_who_does_not_share_is_not_told_of_until_they_do(
    practice: Practice, registry: Running, connect: Connect
) -> None:
    connect(registry)
    patient = child(practice)
    given(practice, patient)
    actions.share(practice.ma, patient.pk, shares=False)
    outbox.deliver()
    given(practice, patient, cvx="10")
    assert states() == [("A", "superseded")]
    assert exchange.send_waiting() == 0
    assert broken() == {}
    actions.share(practice.ma, patient.pk, shares=True, reminders=False)
    outbox.deliver()
    assert exchange.send_waiting() == 2
    told = hl7v2.read_vxu(hl7v2.read_message(bytes(Message.objects.latest("number").body)))
    assert (told.patient.protection, told.patient.publicity) == ("N", "01")
    assert broken() == {}


def test_where_patients_must_agree_first_nobody_is_told_of_before(
    practice: Practice, registry: Running, connect: Connect
) -> None:
    connect(registry, ask_first=True)
    patient = child(practice)
    given(practice, patient)
    assert states() == []
    assert broken() == {}
    actions.share(practice.ma, patient.pk, shares=True)
    outbox.deliver()
    assert exchange.send_waiting() == 1


def test_a_missing_fact_is_a_task_that_names_the_field_and_mending_it_sends_it(
    practice: Practice, registry: Running, connect: Connect
) -> None:
    connect(registry)
    patient = child(practice, given="")
    given(practice, patient)
    (message,) = Message.objects.all()
    assert (message.state, message.problems.get().segment, message.problems.get().field) == ("failed", "PID", 5)
    assert tasks() == [("Mend for the registry: patient’s name (PID-5)", "requested")]
    assert Task.objects.get().link == f"/registry/messages/{message.pk}/"
    people.update(practice.desk, patient.pk, given="Ada")
    actions.resend(practice.ma, message.pk)
    assert exchange.send_waiting() == 1
    assert states() == [("A", "superseded"), ("A", "accepted")]
    assert tasks() == [("Mend for the registry: patient’s name (PID-5)", "completed")]


def test_a_rejection_is_a_task_with_the_registrys_words(
    practice: Practice, registry: Running, connect: Connect
) -> None:
    connect(registry)
    registry.mischief("ae:1")
    given(practice, child(practice))
    exchange.send_waiting()
    (message,) = Message.objects.all()
    assert message.state == "rejected"
    assert tasks() == [("Mend for the registry: vaccine (RXA-5)", "requested")]
    assert "The registry says no today" in Task.objects.get().detail
    assert queries.counts(practice.ma)["problems"] == 1
    with pytest.raises(Forbidden):
        actions.resend(practice.biller, message.pk)
    made = actions.resend(practice.ma, message.pk)
    assert made.control_id != message.control_id
    exchange.send_waiting()
    assert states() == [("A", "superseded"), ("A", "accepted")]
    assert tasks()[0][1] == "completed"
    with pytest.raises(Conflict):
        actions.resend(practice.ma, made.pk)


def test_a_patients_messages_keep_their_order(practice: Practice, registry: Running, connect: Connect) -> None:
    connect(registry)
    ada, otto = child(practice), child(practice, family="Finch", given="Otto")
    registry.mischief("error:1")
    first, second, other = given(practice, ada), given(practice, ada, cvx="10"), given(practice, otto)
    assert exchange.send_waiting() == 1
    by_dose = dict(Message.objects.values_list("immunization_id", "state"))
    assert by_dose == {first.pk: "to_send", second.pk: "to_send", other.pk: "accepted"}
    assert exchange.send_waiting() == 0, "the first waits for its next try, and the second behind it"
    assert later() == 2
    sent = list(
        Message.objects.filter(patient=ada).order_by("sent_at", "number").values_list("immunization_id", flat=True)
    )
    assert list(sent) == [first.pk, second.pk]


def test_held_back_messages_wait_for_a_person(practice: Practice, registry: Running, connect: Connect) -> None:
    connect(registry)
    given(practice, child(practice))
    (message,) = Message.objects.all()
    with pytest.raises(Invalid):
        actions.hold(practice.ma, message.pk, " ")
    actions.hold(practice.ma, message.pk, "checking the lot")
    assert later() == 0
    actions.release(practice.ma, message.pk)
    assert exchange.send_waiting() == 1
    with pytest.raises(Conflict):
        actions.hold(practice.ma, message.pk, "too late")


class Killed(BaseException):
    """The process ends here, as by kill -9: nothing catches it."""


@pytest.mark.parametrize(
    ("where", "received"),
    [
        ("liaison.registry.exchange.transmit", 1),  # noted as on its way, not sent
        ("liaison.registry.actions.answers.keep", 2),  # sent and answered, the answer not kept
        ("liaison.registry.actions.answers.read", 1),  # the answer kept, not read
    ],
)
def test_killed_anywhere_the_dose_arrives_once(
    practice: Practice, registry: Running, connect: Connect, where: str, received: int
) -> None:
    connect(registry)
    given(practice, child(practice))
    body = bytes(Message.objects.get().body)
    with mock.patch(where, side_effect=Killed), pytest.raises(Killed):
        exchange.send_waiting()
    assert exchange.send_waiting() == 0, "whoever was killed may still be at it"
    later(0) or later()
    message = Message.objects.get()
    assert (message.state, bytes(message.body)) == ("accepted", body)
    assert registry.counts() == {"people": 1, "doses": 1, "messages": 1, "received": received}
    assert broken() == {}


def test_the_registry_broke_off_after_it_had_kept_the_dose(
    practice: Practice, registry: Running, connect: Connect
) -> None:
    connect(registry)
    registry.mischief("cut:1")
    dose = given(practice, child(practice))
    assert exchange.send_waiting() == 0
    assert registry.counts()["doses"] == 1
    removed(practice, dose)
    assert states() == [("A", "superseded"), ("D", "to_send")], "it may know the dose, so it is told of the removal"
    later()
    assert registry.counts()["doses"] == 0


def test_garbage_is_kept_aside_and_the_message_goes_again(
    practice: Practice, registry: Running, connect: Connect
) -> None:
    connect(registry)
    registry.mischief("garbage:1,fault:1")
    given(practice, child(practice))
    assert exchange.send_waiting() == 0
    kept = Intake.objects.get(kind="registry-answer")
    assert b"Gateway time-out" in bytes(kept.body)
    assert later() == 0
    assert later() == 1
    assert states() == [("A", "accepted")]


def test_an_answer_to_another_message_is_not_taken_for_ours(
    practice: Practice, registry: Running, connect: Connect
) -> None:
    connect(registry)
    given(practice, child(practice))
    other = b"MSH|^~\\&|||||20261123||ACK^V04^ACK|1|P|2.5.1\rMSA|AA|SOMEBODY-ELSES\r"
    with mock.patch("liaison.registry.exchange.transmit", return_value=other):
        exchange.send_waiting()
    assert states() == [("A", "to_send")]
    assert bytes(Intake.objects.get().body) == other


def test_a_wrong_password_stops_the_line_and_tells_the_office(
    practice: Practice, registry: Running, connect: Connect, settings: Settings
) -> None:
    connect(registry)
    settings.REGISTRY_PASSWORD = "guess"
    given(practice, child(practice))
    given(practice, child(practice, family="Finch", given="Otto"))
    assert exchange.send_waiting() == 0
    assert "does not let us in" in Connection.objects.get().trouble
    assert registry.counts()["received"] == 0
    assert [title for title, _ in tasks()] == ["Mend the connection to the registry"]
    settings.REGISTRY_PASSWORD = PASSWORD
    assert later() == 2
    assert Connection.objects.get().trouble == ""
    assert tasks()[0][1] == "completed"


def test_a_registry_that_is_down_loses_nothing(
    practice: Practice, registry: Running, connect: Connect, start_registry: Callable[..., Running]
) -> None:
    connect(registry)
    registry.kill()
    given(practice, child(practice))
    assert exchange.send_waiting() == 0
    assert Message.objects.get().attempts == 1
    connect(start_registry())
    assert later() == 1


def test_after_many_tries_a_person_hears_of_it(practice: Practice, registry: Running, connect: Connect) -> None:
    connect(registry)
    given(practice, child(practice))
    registry.mischief("error")
    for _ in range(answers.PATIENCE):
        later(24)
    assert [title for title, _ in tasks()] == ["The registry has not answered for a while: see why"]
    registry.mischief("")
    assert later(24) == 1
    assert tasks()[0][1] == "completed"


def test_the_password_is_nowhere_but_in_the_environment(
    practice: Practice, registry: Running, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    connect(registry)
    given(practice, child(practice))
    exchange.send_waiting()
    kept = [str(vars(row)) for model in (AuditEntry, Message, Connection) for row in model.objects.all()]
    assert not [text for text in [*kept, caplog.text] if PASSWORD in text.replace("sandbox_registry", "")]


@pytest.mark.parametrize(
    ("endpoint", "words"),
    [
        ("http://iis.example.gov/soap", "https"),
        ("ftp://iis.example.gov", "address"),
        ("https://me:secret@iis.example.gov/", "address"),
        ("iis", "address"),
        ("https://[", "address"),
    ],
)
def test_an_address_that_would_not_do_is_refused(practice: Practice, endpoint: str, words: str) -> None:
    with pytest.raises(Invalid, match=words) as refused:
        actions.connect(practice.manager, name="State", kind="soap", endpoint=endpoint, facility="1")
    assert refused.value.field == "endpoint"


def test_before_the_connection_nothing_is_made_and_what_was_given_before_stays_untold(
    practice: Practice, registry: Running, connect: Connect
) -> None:
    patient = child(practice)
    given(practice, patient)
    assert states() == []
    connect(registry)
    assert broken() == {}
    actions.disconnect(practice.manager)
    given(practice, patient, cvx="10")
    assert states() == []


def test_a_refusal_is_told_with_its_reason(practice: Practice, registry: Running, connect: Connect) -> None:
    connect(registry)
    given(practice, child(practice), status="not-done", reason_code="refused", lot_number="", vis=[])
    told = hl7v2.read_vxu(hl7v2.read_message(bytes(Message.objects.get().body))).doses[0]
    assert (told.completion, told.refusal) == ("RE", "00")
    given(practice, child(practice, given="Otto"), status="not-done", reason_code="no-stock", lot_number="", vis=[])
    assert exchange.send_waiting() == 1
    assert states() == [("A", "accepted")]


def test_one_missing_fact_of_a_patient_is_one_task_for_all_doses(
    practice: Practice, registry: Running, connect: Connect
) -> None:
    connect(registry)
    patient = child(practice, given="")
    given(practice, patient)
    given(practice, patient, cvx="10")
    assert len(tasks()) == 1
    people.update(practice.desk, patient.pk, given="Ada")
    actions.resend(practice.ma, Message.objects.order_by("number")[0].pk)
    assert states() == [("A", "superseded"), ("A", "superseded"), ("A", "to_send"), ("A", "to_send")]
    assert exchange.send_waiting() == 2
    assert tasks()[0][1] == "completed"


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ("MSA|AE|{control}\rERR||RX\x00A^1^5|1\x0003|E||||no\x00thing\r", "rejected"),
        ("MSA|AR|{control}|\x00\x01why\r", "rejected"),
        ("MSA|AE|{control}\r" + "ERR||RXA^99999^99999|" + "9" * 90 + "|E||||" + "long " * 900 + "\r", "rejected"),
        ("MSA|AA|{control}\r" + "ERR||PID^1^5|101|W\r" * 500, "warnings"),
        ("MSA|ZZ|{control}\r", "to_send"),
        ("MSA\r", "to_send"),
        ("QAK|x|OK\r", "to_send"),
    ],
)
def test_no_answer_is_too_strange_to_be_dealt_with(
    practice: Practice, registry: Running, connect: Connect, answer: str, state: str
) -> None:
    connect(registry)
    given(practice, child(practice))
    control = Message.objects.get().control_id
    bytes_of = ("MSH|^~\\&|||||20261123||ACK^V04^ACK|1|P|2.5.1\r" + answer.replace("{control}", control)).encode()
    with mock.patch("liaison.registry.exchange.transmit", return_value=bytes_of):
        exchange.send_waiting()
    assert Message.objects.get().state == state
    kept = Intake.objects.filter(body=bytes_of).exists() or bytes(Message.objects.get().answer or b"") == bytes_of
    assert kept, "whatever comes in is kept"
