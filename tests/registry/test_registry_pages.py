"""The pages of the registry: messages and what to mend, a patient's two histories, the connection."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from liaison.engines import hl7v2
from liaison.immunize.models import Immunization
from liaison.kernel import clock
from liaison.people import actions as people
from liaison.record import outbox
from liaison.registry import exchange
from liaison.registry.models import Connection, Message
from tests.hl7v2.samples import GIVEN, HEADER, OLD, UPDATE
from tests.registry.doses import BORN, child, given
from tests.sandbox_registry.running import Running
from tests.support.practice import Practice
from tests.support.signed_in import client_of

pytestmark = pytest.mark.processes
Connect = Callable[..., None]


def test_from_the_problem_to_where_it_is_mended_and_sent_again(
    practice: Practice, registry: Running, connect: Connect
) -> None:
    connect(registry)
    patient = child(practice, given="")
    given(practice, patient)
    ma = client_of(practice.ma)
    listed = ma.get(reverse("registry")).content.decode()
    assert "Patient’s name" in listed
    assert "PID-5" in listed
    message = Message.objects.get()
    page = ma.get(reverse("registry-message", args=[message.pk])).content.decode()
    assert reverse("patient-edit", args=[patient.pk]) in page
    people.update(practice.desk, patient.pk, given="Ada")
    sent = ma.post(reverse("registry-resend", args=[message.pk]))
    assert sent.status_code == 302
    assert exchange.send_waiting() == 1
    page = ma.get(sent.headers["Location"]).content.decode()
    assert "accepted" in page
    assert "Birth date" in page
    assert "20240229" in page
    again = ma.post(reverse("registry-resend", args=[message.pk]))
    assert (again.status_code, "nothing to send again" in again.content.decode()) == (422, True)


def test_holding_back_takes_a_reason(practice: Practice, registry: Running, connect: Connect) -> None:
    connect(registry)
    given(practice, child(practice))
    message = Message.objects.get()
    ma = client_of(practice.ma)
    answer = ma.post(reverse("registry-hold", args=[message.pk]), {"reason": ""})
    assert (answer.status_code, "Say why it is held back." in answer.content.decode()) == (422, True)
    assert ma.post(reverse("registry-hold", args=[message.pk]), {"reason": "wrong lot?"}).status_code == 302
    assert "wrong lot?" in ma.get(reverse("registry-message", args=[message.pk])).content.decode()
    assert ma.post(reverse("registry-release", args=[message.pk])).status_code == 302
    assert Message.objects.get().state == "to_send"


def test_asking_comparing_and_taking_over(practice: Practice, registry: Running, connect: Connect) -> None:
    connect(registry)
    person = hl7v2.Person((hl7v2.Identifier("7", "OTHER"),), hl7v2.Name("Wren", "Ada"), BORN, "F")
    doses = (OLD, replace(GIVEN, given_on=date(2024, 4, 29)))
    registry.submit(
        hl7v2.write_vxu(replace(UPDATE, header=replace(HEADER, sending_facility="9"), patient=person, doses=doses))
    )
    patient = child(practice)
    ma = client_of(practice.ma)
    at = reverse("patient-registry", args=[patient.pk])
    assert "Not asked yet" in ma.get(at).content.decode()
    assert ma.post(reverse("registry-ask", args=[patient.pk])).status_code == 302
    page = ma.get(at).content.decode()
    assert page.count('class="tag info">new') == 2
    assert "What is due, by the registry and by us" in page
    question = Message.objects.get()
    none = ma.post(reverse("registry-take", args=[patient.pk]), {"of": question.pk})
    assert (none.status_code, "Choose the doses" in none.content.decode()) == (422, True)
    taken = ma.post(reverse("registry-take", args=[patient.pk]), {"of": question.pk, "dose": ["0", "1"]})
    assert taken.status_code == 302
    assert set(Immunization.objects.values_list("cvx", "source")) == {("08", "registry"), ("20", "registry")}
    assert client_of(practice.desk).post(reverse("registry-ask", args=[patient.pk])).status_code == 302
    assert client_of(practice.biller).get(at).status_code == 403


def test_candidates_are_shown_to_choose_from(practice: Practice, registry: Running, connect: Connect) -> None:
    connect(registry)
    for number, name in enumerate(("Adam", "Adele")):
        person = hl7v2.Person((hl7v2.Identifier(str(number), "OTHER"),), hl7v2.Name("Wren", name), BORN, "F")
        dose = replace(OLD, id=f"d{number}")
        header = replace(HEADER, sending_facility="9", control_id=name)
        registry.submit(hl7v2.write_vxu(replace(UPDATE, header=header, patient=person, doses=(dose,))))
    patient = child(practice)
    ma = client_of(practice.ma)
    ma.post(reverse("registry-ask", args=[patient.pk]))
    page = ma.get(reverse("patient-registry", args=[patient.pk])).content.decode()
    assert "Several people are like this one" in page
    assert "Wren, Adele" in page
    ma.post(reverse("registry-ask", args=[patient.pk]), {"of": Message.objects.get().pk, "candidate": "1"})
    assert "beside ours" in ma.get(reverse("patient-registry", args=[patient.pk])).content.decode()


def test_sharing_is_noted(practice: Practice, registry: Running, connect: Connect) -> None:
    connect(registry)
    patient = child(practice)
    given(practice, patient)
    ma = client_of(practice.ma)
    url = reverse("registry-share", args=[patient.pk])
    wrong = ma.post(url, {"shares": "no", "decided_on": (clock.now() + timedelta(2)).date().isoformat()})
    assert (wrong.status_code, "between birth and today" in wrong.content.decode()) == (422, True)
    assert ma.post(url, {"shares": "no"}).status_code == 302
    outbox.deliver()
    assert "does not share" in ma.get(reverse("patient-registry", args=[patient.pk])).content.decode()
    assert Message.objects.get().state == "superseded"


def test_the_connection_is_set_up_tested_and_left(
    practice: Practice, registry: Running, connect: Connect, settings: Settings
) -> None:
    manager = client_of(practice.manager)
    at = reverse("registry-set-up")
    assert client_of(practice.ma).get(at).status_code == 403
    assert "Connect the registry" in manager.get(reverse("registry")).content.decode()
    facts = {"name": "State", "kind": "soap", "endpoint": f"{registry.url}/soap", "facility": "1255"}
    wrong = manager.post(at, facts | {"endpoint": "http://iis.example.gov/"})
    assert (wrong.status_code, "https:// only" in wrong.content.decode()) == (422, True)
    assert manager.post(at, facts | {"username": "liaison"}).status_code == 302
    refused = manager.post(reverse("registry-test")).content.decode()
    assert "does not let us in" in refused
    settings.REGISTRY_PASSWORD = "sandbox"
    assert "The registry answers, and lets us in." in manager.post(reverse("registry-test")).content.decode()
    manager.post(at, facts | {"username": "liaison", "kind": "https", "endpoint": f"{registry.url}/hl7"})
    assert "lets us in" in manager.post(reverse("registry-test")).content.decode()
    registry.kill()
    assert "cannot be reached" in manager.post(reverse("registry-test")).content.decode()
    assert manager.post(reverse("registry-leave")).status_code == 302
    assert not Connection.objects.get().active


def test_the_list_asks_the_same_for_many_as_for_one(
    practice: Practice, registry: Running, connect: Connect, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    connect(registry)
    patient = child(practice)
    for number in range(12):
        given(practice, patient, cvx=["20", "10", "03", "21"][number % 4], days=number)
    ma = client_of(practice.ma)
    ma.get(reverse("registry"))
    with django_assert_max_num_queries(14):
        page = ma.get(reverse("registry") + "?show=to_send").content.decode()
    assert page.count("data-card") == 12


def test_without_a_registry_the_pages_say_what_to_do(practice: Practice) -> None:
    patient = child(practice)
    ma = client_of(practice.ma)
    assert "Not connected to a registry" in ma.get(reverse("registry")).content.decode()
    assert "Not connected" in ma.get(reverse("patient-registry", args=[patient.pk])).content.decode()
    asked = ma.post(reverse("registry-ask", args=[patient.pk]))
    assert (asked.status_code, "not connected" in asked.content.decode()) == (422, True)
