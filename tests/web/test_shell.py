"""The shell: who gets in, where they may go, how a refusal looks, and that no page reaches outside."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

import liaison
from liaison.people.models import User
from liaison.web import charts
from liaison.web.templatetags import liaison as tags
from tests.support.practice import Practice
from tests.support.signed_in import PASSWORD, client_of, user_of

SOURCE = Path(liaison.__file__).parent


def test_signing_in_leads_to_where_one_wanted_to_go(practice: Practice, client: Client) -> None:
    user = user_of(practice.ma)
    typed = {"login": user.username, "password": PASSWORD, "next": "/tasks/"}
    answer = client.post("/accounts/login/", typed)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/tasks/")


def test_a_wrong_password_is_said_and_the_name_stays(practice: Practice, client: Client) -> None:
    user = user_of(practice.ma)
    answer = client.post("/accounts/login/", {"login": user.username, "password": "wrong"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f'value="{user.username}"' in page
    assert 'role="alert"' in page


def test_nobody_signs_up(db: None, client: Client) -> None:
    client.post("/accounts/signup/", {"username": "mallory", "password1": "a-long-password-9"})
    assert not User.objects.exists()


def test_a_sign_in_of_nobody_on_the_staff_list_opens_nothing(practice: Practice, client: Client) -> None:
    client.force_login(
        User.objects.create_user("stray", password=PASSWORD), backend="django.contrib.auth.backends.ModelBackend"
    )
    answer = client.get("/")
    assert answer.status_code == 403
    assert "belongs to nobody on the staff list" in answer.content.decode()


def test_each_sees_the_places_of_their_role(practice: Practice) -> None:
    assistant = client_of(practice.ma).get("/").content.decode()
    assert 'data-key="t"' in assistant
    assert 'data-key="c"' not in assistant, "claims are not an assistant's"


def test_a_refusal_is_a_page_or_for_htmx_a_notice_with_the_same_sentence(practice: Practice) -> None:
    url = f"/visits/{practice.site.pk}/"
    whole = client_of(practice.ma).get(url)
    part = client_of(practice.ma, htmx=True).get(url)
    sentence = "There is no such visit. Open it from the board again."
    assert (whole.status_code, part.status_code) == (404, 404)
    assert sentence in whole.content.decode()
    assert sentence in part.content.decode()
    assert part.headers["HX-Retarget"] == "#notices"


def test_every_answer_forbids_what_does_not_come_from_here(practice: Practice) -> None:
    policy = client_of(practice.ma).get("/").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "script-src" not in policy, "scripts fall under default-src: no inline script runs"


def test_no_template_holds_an_inline_script_or_an_outside_address() -> None:
    for path in [
        *SOURCE.rglob("templates/**/*.html"),
        *SOURCE.rglob("static/**/*.js"),
        *SOURCE.rglob("static/**/*.css"),
    ]:
        text = path.read_text()
        assert not re.search(r"<script(?![^>]*src=)", text), path
        assert not re.search(r"\son[a-z]+=[\"']", text), path
        outside = set(re.findall(r"https?://[^\s\"')]+", text)) - {"http://www.w3.org/2000/svg"}
        assert not outside, (path, outside)


def test_the_theme_that_was_chosen_is_there_from_the_first_byte(practice: Practice) -> None:
    client = client_of(practice.ma)
    client.cookies["theme"] = "dark"
    assert '<html lang="en" data-theme="dark">' in client.get("/").content.decode()
    client.cookies["theme"] = "<b>"
    assert "data-theme" not in client.get("/").content.decode()


def test_find_looks_by_post_and_puts_no_name_in_an_address(practice: Practice) -> None:
    practice.patient("Brandt", "Otto")
    client = client_of(practice.ma, htmx=True)
    assert "Brandt, Otto" in client.post("/find", {"q": "brant"}).content.decode()
    assert client.get("/find?q=brandt").status_code == 405
    assert "Nobody found" in client.post("/find", {"q": "zzzzqq"}).content.decode()


@pytest.mark.parametrize(
    ("number", "shown"), [("+13125550142", "(312) 555-0142"), ("+4930123456", "+49 30 123456"), ("none", "none")]
)
def test_a_telephone_is_shown_as_people_write_it(number: str, shown: str) -> None:
    assert tags.phone(number) == shown


def test_a_trend_is_drawn_with_words_and_marks_what_is_abnormal() -> None:
    drawn = charts.sparkline([120, 130, 172], "Blood pressure <rising>", line=140, abnormal=[False, False, True])
    assert 'aria-label="Blood pressure &lt;rising&gt;"' in drawn
    assert drawn.count("var(--danger)") == 1
    assert "stroke-dasharray" in drawn
    assert charts.sparkline([120], "one value") == ""
    assert charts.sparkline([5, 5, 5], "nothing changes").count("<polyline") == 1


def test_debug_is_off() -> None:
    assert settings.DEBUG is False


def test_a_failure_of_ours_says_that_nothing_was_changed_halfway(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr("liaison.visits.pages.today.queries.board", fail)
    client = client_of(practice.ma)
    client.raise_request_exception = False
    answer = client.get("/")
    assert answer.status_code == 500
    assert "Nothing was changed halfway" in answer.content.decode()
    assert "a fault of ours" not in answer.content.decode()


def test_a_page_that_is_not_there_looks_like_the_others(practice: Practice) -> None:
    answer = client_of(practice.ma).get("/nothing-here")
    assert answer.status_code == 404
    assert "There is no such page" in answer.content.decode()
