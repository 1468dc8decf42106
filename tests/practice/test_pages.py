"""The practice's pages as the office manager uses them."""

import re
from datetime import timedelta

import pytest
from django.http import HttpResponse, HttpResponseBase
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from liaison.kernel import clock
from liaison.people import staffing
from liaison.people.models import Staff, User
from liaison.places import actions as places
from liaison.places import queries as where
from liaison.places.models import Organization, Room, Site
from liaison.schedule.models import Absence, ProviderSchedule
from tests.support.practice import Practice, small_practice
from tests.support.signed_in import client_of

DAYS = {f"day_{number}": "" for number in range(7)}


@pytest.fixture
def place(db: None) -> Practice:
    return small_practice()


@pytest.fixture
def office(place: Practice) -> Client:
    return client_of(place.manager)


def text(client: Client, name: str, *args: object) -> str:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def beside(answer: HttpResponseBase, field: str) -> str:
    """What a refused page says in the field's own part."""
    assert isinstance(answer, HttpResponse)
    page = answer.content.decode()
    assert answer.status_code == 422
    return page.split(f'name="{field}"')[1].split("</div>")[0]


def test_nobody_but_the_office_manager_gets_in(place: Practice) -> None:
    dr, site = place.dr.pk, place.site.pk
    names = [("practice",), ("practice-edit",), ("add-payer",), ("practice-sites",), ("site-hours", site),
             ("practice-staff",), ("add-staff",), ("staff-member", dr), ("provider-hours", dr, site),
             ("add-absence", dr)]  # fmt: skip
    for actor in (place.ma, place.desk, place.provider, place.biller):
        client = client_of(actor)
        assert 'href="/practice/"' not in client.get("/").content.decode()
        assert [client.get(reverse(name, args=args)).status_code for name, *args in names] == [403] * len(names)
    for name in ("staff-password", "end-staff", "return-staff", "staff-sign-in"):
        assert client_of(place.ma).post(reverse(name, args=[dr])).status_code == 403
    assert 'href="/practice/"' in client_of(place.manager).get("/").content.decode()


def test_the_first_page_says_what_is_still_to_do(place: Practice, office: Client) -> None:
    page = text(office, "practice")
    assert "Maple Street Clinic" in page
    assert "Say when Maple Street is open" in page
    office.post(reverse("site-hours", args=[place.site.pk]), DAYS | {"day_0": "8-17"})
    assert "Still to do" not in text(office, "practice")
    places.update_organization(place.setup, where.practice().pk, npi="", tax_id="")
    assert "NPI and tax ID: claims need them" in text(office, "practice")


def test_the_practice_is_changed(office: Client, place: Practice) -> None:
    typed = {
        "name": "Maple Clinic",
        "npi": "1234567893",
        "tax_id": "123456789",
        "phone": "312 555 0101",
        "city": "Elgin",
    }
    wrong = office.post(reverse("practice-edit"), typed | {"npi": "1234567890"})
    assert "That is no NPI" in beside(wrong, "npi")
    assert 'value="Elgin"' in wrong.content.decode()
    assert office.post(reverse("practice-edit"), typed).status_code == 302
    assert (where.practice().name, where.practice().phone) == ("Maple Clinic", "+13125550101")


def test_payers_are_added_changed_and_no_longer_offered(office: Client, place: Practice) -> None:
    assert office.post(reverse("add-payer"), {"name": "Acme Health", "code": "ACME1"}).status_code == 302
    assert "already a payer" in beside(office.post(reverse("add-payer"), {"name": "Other", "code": "ACME1"}), "code")
    acme = Organization.objects.get(code="ACME1")
    office.post(reverse("edit-payer", args=[acme.pk]), {"name": "Acme", "code": "ACME1"})
    assert [payer.name for payer in where.payers()] == ["Prairie Health"]
    assert "not used" in text(office, "practice")
    practice = where.practice()
    assert office.get(reverse("edit-payer", args=[practice.pk])).status_code == 404, "the practice is no payer"


def test_a_site_is_added_with_hours_and_rooms(office: Client, place: Practice) -> None:
    typed = {"name": "Oak Lane", "code": "oak", "zone": "America/Chicago", "place_of_service": "11"}
    typed |= {"clia": "14d0123456"}
    assert "two digits, D and seven digits" in beside(office.post(reverse("add-site"), typed | {"clia": "14"}), "clia")
    assert "time zone" in beside(office.post(reverse("add-site"), typed | {"zone": "Mars"}), "zone")
    added = office.post(reverse("add-site"), typed)
    oak = Site.objects.get(code="oak")
    assert oak.clia == "14D0123456"
    assert added.headers["Location"] == reverse("site-hours", args=[oak.pk])
    week = DAYS | {"day_0": "8am-12pm, 13-17", "day_1": "same", "day_2": "9-12"}
    office.post(reverse("site-hours", args=[oak.pk]), week)
    assert [(one.weekday, one.opens.hour) for one in where.hours_of(oak.pk)] == [
        (0, 8),
        (0, 13),
        (1, 8),
        (1, 13),
        (2, 9),
    ]
    add = reverse("add-room", args=[oak.pk])
    assert office.post(add, {"name": "Room 1", "kind": "exam", "another": ""}).headers["Location"] == add
    assert "already has a room" in beside(office.post(add, {"name": "Room 1", "kind": "exam"}), "name")
    page = text(office, "practice-sites")
    assert "8:00–12:00, 13:00–17:00" in page
    assert "Mon–Tue" in page
    office.post(reverse("edit-site", args=[oak.pk]), typed | {"name": "Oak Road"})
    assert where.site(oak.pk).name == "Oak Road"


def test_hours_that_cannot_be_are_said_beside_each_day_and_kept(office: Client, place: Practice) -> None:
    url = reverse("site-hours", args=[place.site.pk])
    answer = office.post(url, DAYS | {"day_0": "8-17", "day_1": "17-8", "day_4": "early"})
    assert "ends before it begins" in beside(answer, "day_1")
    assert "cannot be read" in beside(answer, "day_4")
    assert 'value="8-17"' in answer.content.decode()
    assert where.hours_of(place.site.pk) == []


def test_a_room_is_renamed_and_taken_out_of_use(office: Client, place: Practice) -> None:
    room = place.rooms[0]
    edit, use = reverse("edit-room", args=[room.pk]), reverse("use-room", args=[room.pk])
    assert "position" in office.post(edit, {"name": "Blue", "kind": "exam", "position": "first"}).content.decode()
    assert office.post(edit, {"name": "Blue", "kind": "lab", "position": "7"}).status_code == 302
    places.set_room_state(place.setup, room.pk, "occupied")
    assert "Somebody is in Blue" in office.post(use, {"on": "no"}).content.decode()
    places.set_room_state(place.setup, room.pk, "dirty")
    office.post(use, {"on": "no"})
    changed = Room.objects.get(pk=room.pk)
    assert (changed.name, changed.kind, changed.position, changed.active) == ("Blue", "lab", 7, False)
    assert "Out of use (1)" in text(office, "practice-sites")
    office.post(use, {"on": "yes"})
    assert Room.objects.get(pk=room.pk).active


NEW = {"given": "Mia", "family": "Reyes", "credential": "RN", "role": "nurse", "username": "reyes"}


def first_password_on(answer: HttpResponseBase) -> str:
    assert isinstance(answer, HttpResponse)
    found = re.search(r"<code>(\S+)</code>", answer.content.decode())
    assert found
    return found[1]


def test_somebody_is_added_and_the_first_password_is_shown_once(office: Client, place: Practice) -> None:
    answer = office.post(reverse("add-staff"), NEW | {"site": str(place.site.pk)})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    password = first_password_on(answer)
    staff = Staff.objects.get(family="Reyes")
    assert staff.user is not None
    assert staff.user.check_password(password)
    assert password not in text(office, "staff-member", staff.pk)
    assert "first password" in text(office, "practice-staff")


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("family", "", "cannot be blank"),
        ("role", "", "Choose one of the roles"),
        ("site", "", "Choose the site"),
        ("npi", "123", "That is no NPI"),
        ("username", "a b", "valid username"),
        ("username", "ife.abara", "already"),
    ],
)
def test_what_is_wrong_with_somebody_new_is_said_at_its_field(
    office: Client, place: Practice, field: str, value: str, sentence: str
) -> None:
    answer = office.post(reverse("add-staff"), NEW | {"site": str(place.site.pk)} | {field: value})
    assert sentence in beside(answer, field)
    assert 'value="Mia"' in answer.content.decode()
    assert not Staff.objects.filter(given="Mia").exists()


def test_a_role_and_a_site_are_changed(office: Client, place: Practice) -> None:
    oak = places.add_site(place.setup, name="Oak", code="oak")
    url = reverse("edit-staff", args=[place.ma.id])
    typed = {"given": "Dana", "family": "Whitfield", "credential": "RN", "role": "nurse", "site": str(place.site.pk)}
    assert office.post(url, typed).status_code == 302
    assert Staff.objects.get(pk=place.ma.id).role == "nurse"
    sites = reverse("add-staff-site", args=[place.ma.id])
    assert "Choose the site" in beside(office.post(sites, {"site": ""}), "site")
    office.post(sites, {"site": str(oak.pk)})
    assert "End the work at Oak" in text(office, "staff-member", place.ma.id)
    office.post(reverse("end-staff-site", args=[place.ma.id, oak.pk]))
    assert "End the work at Oak" not in text(office, "staff-member", place.ma.id)


def test_a_sign_in_is_given_renamed_renewed_and_ended(office: Client, place: Practice) -> None:
    who = [place.ma.id]
    sign_in = reverse("staff-sign-in", args=who)
    assert "Type a name" in beside(office.post(sign_in, {"username": ""}), "username")
    first = first_password_on(office.post(sign_in, {"username": "dana"}))
    assert "already" in beside(office.post(sign_in, {"username": "ife.abara"}), "username")
    office.post(sign_in, {"username": "whitfield"})
    second = first_password_on(office.post(reverse("staff-password", args=who), {}))
    user = User.objects.get(username="whitfield")
    assert (user.check_password(first), user.check_password(second)) == (False, True)
    office.post(reverse("end-staff", args=who))
    assert "Have left (1)" in text(office, "practice-staff")
    assert "Take Dana Whitfield, CMA back" in text(office, "staff-member", *who)
    third = first_password_on(office.post(reverse("return-staff", args=who)))
    user.refresh_from_db()
    assert user.is_active
    assert user.check_password(third)


def test_the_last_office_manager_cannot_leave(office: Client, place: Practice) -> None:
    answer = office.post(reverse("end-staff", args=[place.manager.id]))
    assert (answer.status_code, "only office manager" in answer.content.decode()) == (422, True)
    assert Staff.objects.get(pk=place.manager.id).active


def test_a_providers_hours_and_absences_are_kept(office: Client, place: Practice) -> None:
    hours = reverse("provider-hours", args=[place.dr.pk, place.site.pk])
    assert 'value="8:00-17:00"' in office.get(hours).content.decode()
    office.post(hours, DAYS | {"day_0": "9-12"})
    assert ProviderSchedule.objects.get().weekly == {"0": [["09:00", "12:00"]]}
    add = reverse("add-absence", args=[place.dr.pk])
    assert "Choose the first day" in beside(office.post(add, {"first": ""}), "first")
    early = {"first": "2027-03-10", "last": "2027-03-08"}
    assert "not before the first" in beside(office.post(add, early), "last")
    office.post(add, {"first": "2027-03-08", "last": "2027-03-09", "reason": "Vacation"})
    absence = Absence.objects.get()
    assert absence.ends_at - absence.starts_at == timedelta(days=2)
    with clock.at(place.at("7:00")):  # before it, for past absences are not shown
        page = text(office, "staff-member", place.dr.pk)
    assert "Mon 8 Mar to Tue 9 Mar 2027" in page
    assert "Vacation" in page
    other = staffing.add_staff(place.setup, role="provider", family="Other", given="Ola", site_id=place.site.pk)
    office.post(reverse("remove-absence", args=[other.pk, absence.pk]))
    assert Absence.objects.exists(), "another provider's absence is not taken away from here"
    office.post(reverse("remove-absence", args=[place.dr.pk, absence.pk]))
    assert not Absence.objects.exists()


def test_an_absence_over_booked_visits_says_so(office: Client, place: Practice) -> None:
    place.booked("9:20")
    with clock.at(place.at("7:00")):
        day = {"first": "2026-11-23", "from_time": "09:00", "to_time": "10:00"}
        answer = office.post(reverse("add-absence", args=[place.dr.pk]), day, follow=True)
        assert "1 visit is booked in that time" in answer.content.decode()
        assert "Mon 23 Nov 2026, 9:00 to 10:00" in answer.content.decode()


def test_the_staff_list_asks_the_same_however_long_it_is(
    office: Client, place: Practice, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(20):
        staffing.add_staff(place.setup, role="nurse", family=f"N{number}", given="A", site_id=place.site.pk)
        places.add_room(place.setup, site_id=place.site.pk, name=f"R{number}")
    for name in ("practice-staff", "practice-sites", "practice"):
        with django_assert_max_num_queries(14):
            text(office, name)
