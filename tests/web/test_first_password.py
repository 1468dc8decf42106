"""Who signs in with a password of the office chooses another before anything else."""

import pytest
from django.test import Client

from liaison.people import staffing
from liaison.people.models import User
from tests.support.practice import Practice

CHANGE = "/accounts/password/change/"


@pytest.fixture
def given(practice: Practice) -> tuple[Client, str]:
    """A client signed in with a first password, and that password."""
    _, password = staffing.give_sign_in(practice.setup, practice.dr.pk, "osei")
    client = Client()
    assert client.post("/accounts/login/", {"login": "osei", "password": password}).status_code == 302
    return client, password


def test_every_page_leads_to_choosing_a_password(given: tuple[Client, str]) -> None:
    client, _ = given
    for address in ("/", "/patients/", "/tasks/"):
        answer = client.get(address)
        assert (answer.status_code, answer.headers.get("Location")) == (302, CHANGE)
    part = client.post("/find", {"q": "brandt"}, headers={"HX-Request": "true"})
    assert (part.status_code, part.headers["HX-Redirect"]) == (204, CHANGE)
    assert "the office gave you" in client.get(CHANGE).content.decode()


def test_with_another_password_the_work_begins(given: tuple[Client, str]) -> None:
    client, password = given
    typed = {"oldpassword": password, "password1": "quiet-river-9", "password2": "quiet-river-9"}
    answer = client.post(CHANGE, typed)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert client.get("/").status_code == 200
    assert not User.objects.get(username="osei").has_first_password
    assert "the office gave you" not in client.get(CHANGE).content.decode()


def test_the_offices_password_is_not_chosen_again(given: tuple[Client, str]) -> None:
    client, password = given
    answer = client.post(CHANGE, {"oldpassword": password, "password1": password, "password2": password})
    assert "Choose another one" in answer.content.decode()
    assert client.get("/").status_code == 302


def test_a_new_password_signs_out_everywhere(given: tuple[Client, str], practice: Practice) -> None:
    client, _ = given
    staffing.new_password(practice.setup, practice.dr.pk)
    assert "/accounts/login/" in client.get("/").headers["Location"]
