"""Booking on the screen: find a time, book, move, cancel, overbook on purpose, keep a request."""

from urllib.parse import urlencode

from django.urls import reverse

from liaison.kernel import clock
from liaison.people import actions as people
from liaison.people.models import Patient
from liaison.schedule.models import Appointment
from liaison.visits.models import Stage, Visit
from tests.support.practice import MONDAY, Practice
from tests.support.signed_in import client_of


def find(patient: Patient) -> str:
    return f"{reverse('find-time')}?{urlencode({'patient': patient.pk})}"


def wish(place: Practice, time: str = "9:20", **more: str) -> dict[str, str]:
    chosen = f"{place.at(time).isoformat()}|{place.dr.pk}|{place.site.pk}"
    facts = {"visit_type": "follow-up", "reason": "dizzy since Friday", "priority": "routine", "channel": "phone"}
    return {**facts, "site": str(place.site.pk), "time": chosen, "do": "book", **more}


def test_for_whom_first_then_free_times_then_booked(practice: Practice) -> None:
    patient = practice.patient()
    desk = client_of(practice.desk)
    with clock.at(practice.at("7:30")):
        assert "for whom?" in desk.get(reverse("find-time")).content.decode()
        found = desk.post(reverse("choose-patient"), {"q": "brandt"}).content.decode()
        assert find(patient).replace("&", "&amp;") in found
        times = client_of(practice.desk, htmx=True).post(find(patient), wish(practice, do=""))
        assert wish(practice)["time"] in times.content.decode()
        afternoon = client_of(practice.desk, htmx=True).post(find(patient), wish(practice, do="", part="afternoon"))
        assert wish(practice)["time"] not in afternoon.content.decode()
        assert wish(practice, "14:00")["time"] in afternoon.content.decode()
        answer = desk.post(find(patient), wish(practice))
    visit = Visit.objects.get()
    assert answer.headers["Location"] == reverse("booking", args=[visit.pk])
    assert (visit.stage, visit.starts_at, visit.reason) == (Stage.BOOKED, practice.at("9:20"), "dizzy since Friday")


def test_a_time_that_has_just_been_taken_leaves_nothing_behind(practice: Practice) -> None:
    practice.booked("9:20")
    late = practice.patient("Haddad", "Leila")
    with clock.at(practice.at("7:35")):
        answer = client_of(practice.desk).post(find(late), wish(practice))
    assert answer.status_code == 422
    assert "dizzy since Friday" in answer.content.decode()
    assert not Visit.objects.filter(patient=late).exists()


def test_what_is_missing_is_said_beside_its_field(practice: Practice) -> None:
    patient = practice.patient()
    desk = client_of(practice.desk)
    with clock.at(practice.at("7:30")):
        for left_out, sentence in (
            ("visit_type", "Choose the visit type"),
            ("reason", "what the patient comes for"),
            ("time", "Choose one of the free times"),
        ):
            answer = desk.post(find(patient), wish(practice) | {left_out: ""})
            assert (left_out, answer.status_code, sentence in answer.content.decode()) == (left_out, 422, True)
        assert desk.post(find(patient), wish(practice) | {"time": "x|y|z"}).status_code == 422
    assert not Visit.objects.exists()


def test_a_request_without_a_time_waits_on_the_schedule_and_is_booked_later(practice: Practice) -> None:
    patient = practice.patient()
    desk = client_of(practice.desk)
    with clock.at(practice.at("7:30")):
        desk.post(find(patient), wish(practice, do="wait", priority="urgent") | {"time": ""})
        visit = Visit.objects.get()
        waiting = desk.get(reverse("requests"), {"site": practice.site.pk}).content.decode()
        assert "Brandt, Otto" in waiting
        assert "urgent" in waiting
        assert desk.get(reverse("visit-time", args=[visit.pk])).status_code == 200
        desk.post(reverse("visit-time", args=[visit.pk]), wish(practice))
    visit.refresh_from_db()
    assert (visit.stage, visit.starts_at) == (Stage.BOOKED, practice.at("9:20"))


def test_a_booked_visit_is_moved(practice: Practice) -> None:
    visit = practice.booked("9:20")
    with clock.at(practice.at("7:40")):
        client_of(practice.desk).post(reverse("visit-time", args=[visit.pk]), wish(practice, "14:00"))
    visit.refresh_from_db()
    assert visit.starts_at == practice.at("14:00")
    assert Appointment.objects.get().starts_at == practice.at("14:00")


def test_overbooking_is_a_deliberate_act_of_those_who_may(practice: Practice) -> None:
    practice.booked("9:20")
    patient = practice.patient("Haddad", "Leila")
    over = wish(
        practice, do="overbook", over_day=MONDAY.date().isoformat(), over_time="9:20", over_provider=str(practice.dr.pk)
    )
    with clock.at(practice.at("7:40")):
        assert "Overbook" not in client_of(practice.desk).get(find(patient)).content.decode()
        assert client_of(practice.desk).post(find(patient), over).status_code == 403
        provider = client_of(practice.provider)
        assert "Overbook" in provider.get(find(patient)).content.decode()
        assert provider.post(find(patient), over | {"over_time": "soon"}).status_code == 422
        assert provider.post(find(patient), over | {"over_time": "09:20"}).status_code == 302
    assert Appointment.objects.filter(starts_at=practice.at("9:20")).count() == 2
    assert Visit.objects.get(patient=patient).appointment.overbooked


def test_cancelling_asks_why_and_frees_the_time(practice: Practice) -> None:
    visit = practice.booked("9:20")
    desk = client_of(practice.desk)
    with clock.at(practice.at("7:40")):
        empty = desk.post(reverse("visit-cancel", args=[visit.pk]), {"reason": ""})
        assert empty.status_code == 422
        assert "wrong" in empty.content.decode().split('id="reason"')[0].rsplit("<div", 1)[1]
        answer = desk.post(reverse("visit-cancel", args=[visit.pk]), {"reason": "has a cold"})
        assert answer.headers["Location"].startswith(reverse("schedule"))
        assert desk.post(find(practice.patient("Haddad")), wish(practice)).status_code == 302
    visit.refresh_from_db()
    assert visit.stage == Stage.CANCELLED


def test_an_appointment_leads_to_its_booking_and_later_to_the_work(practice: Practice) -> None:
    visit = practice.booked("9:20")
    desk = client_of(practice.desk)
    url = reverse("appointment", args=[visit.appointment_id])
    assert desk.get(url).headers["Location"] == reverse("booking", args=[visit.pk])
    with clock.at(practice.at("9:20")):
        practice.check_in(visit)
    assert desk.get(url).headers["Location"] == reverse("visit", args=[visit.pk])
    assert desk.get(reverse("visit-time", args=[visit.pk])).headers["Location"] == reverse("visit", args=[visit.pk])


def test_a_billers_role_does_not_book(practice: Practice) -> None:
    assert client_of(practice.biller).get(reverse("find-time")).status_code == 403


def test_a_restricted_patient_is_booked_after_a_reason_only(practice: Practice) -> None:
    patient = practice.patient()
    people.restrict(practice.setup, patient.pk, True, "asked for")
    assert client_of(practice.desk).get(find(patient)).status_code == 403
    assert client_of(practice.desk).post(find(patient), wish(practice)).status_code == 403


def test_a_patients_page_lists_visits_and_open_tasks(practice: Practice) -> None:
    visit = practice.booked("9:20")
    text = client_of(practice.ma).get(reverse("patient-thread", args=[visit.patient_id])).content.decode()
    assert "Follow-up" in text
    assert reverse("booking", args=[visit.pk]) in text
    assert "<html" not in text
