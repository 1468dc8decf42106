"""Connected systems: registered once, let in by short-lived tokens, gone when removed."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client as Browser
from django.utils import timezone
from oauth2_provider.models import AccessToken, Application

from liaison.interop import clients
from liaison.interop.models import SystemClient
from liaison.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from liaison.people.actors import capabilities_of
from liaison.people.roles import ROLES
from liaison.record.actor import Actor, machine

pytestmark = pytest.mark.django_db
ACTOR = machine("test", "cli")
DESK = Actor("desk", "Rosa Kim", "front-desk", capabilities_of("front-desk"))


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    clients._actors.clear()


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("client", *arguments, stdout=out)
    return out.getvalue()


def test_a_registered_system_acts_under_its_role() -> None:
    client, _ = clients.add(ACTOR, "warehouse", "system-reader")
    actor = clients.actor_of(clients.token(ACTOR, "warehouse"), "10.0.0.1")
    assert actor is not None
    assert (actor.id, actor.name, actor.role, actor.kind) == (str(client.pk), "warehouse", "system-reader", "client")
    assert actor.where == "10.0.0.1"
    assert actor.capabilities == ROLES["system-reader"].capabilities | {"interop.read"}


def test_the_same_token_from_elsewhere_is_told_apart() -> None:
    clients.add(ACTOR, "warehouse", "system-reader")
    token = clients.token(ACTOR, "warehouse")
    seen = [clients.actor_of(token, where) for where in ("10.0.0.1", "10.0.0.2", "10.0.0.1")]
    assert [actor.where for actor in seen if actor] == ["10.0.0.1", "10.0.0.2", "10.0.0.1"]


def test_the_secret_is_kept_as_a_hash() -> None:
    _, secret = clients.add(ACTOR, "warehouse", "system-reader")
    assert secret not in Application.objects.get().client_secret


def test_a_token_ends_after_its_hour() -> None:
    clients.add(ACTOR, "warehouse", "system-reader")
    token = clients.token(ACTOR, "warehouse")
    left = AccessToken.objects.get().expires - timezone.now()
    assert timedelta(minutes=59) < left <= timedelta(hours=1)
    AccessToken.objects.update(expires=timezone.now() - timedelta(seconds=1))
    assert clients.actor_of(token, "") is None


def test_a_removed_system_is_out_and_its_name_is_not_given_again() -> None:
    clients.add(ACTOR, "warehouse", "system-reader")
    token = clients.token(ACTOR, "warehouse")
    assert clients.actor_of(token, "") is not None
    clients.remove(ACTOR, "warehouse")
    assert clients.actor_of(token, "") is None
    assert clients.listed(ACTOR) == []
    with pytest.raises(NotFound):
        clients.token(ACTOR, "warehouse")
    with pytest.raises(Conflict, match="is or was registered"):
        clients.add(ACTOR, "warehouse", "system-reader")


@pytest.mark.parametrize("bearer", ["", "x", "é", "\ud800", "a" * 10_000])
def test_a_made_up_token_is_nobody(bearer: str) -> None:
    assert clients.actor_of(bearer, "") is None


def test_who_may_not_connect_systems_is_refused() -> None:
    for act in (
        lambda: clients.add(DESK, "warehouse", "system-reader"),
        lambda: clients.token(DESK, "warehouse"),
        lambda: clients.remove(DESK, "warehouse"),
        lambda: clients.listed(DESK),
    ):
        with pytest.raises(Forbidden):
            act()
    assert not SystemClient.objects.exists()
    assert not Application.objects.exists()


@pytest.mark.parametrize(("name", "role"), [("ware house", "system-reader"), ("", "system-reader"), ("w", "king")])
def test_a_bad_name_or_role_is_refused_and_leaves_nothing(name: str, role: str) -> None:
    with pytest.raises(Invalid):
        clients.add(ACTOR, name, role)
    assert not Application.objects.exists()


def test_the_command_registers_lists_and_removes() -> None:
    said = run("add", "warehouse", "--role", "biller")
    assert "client_id" in said
    assert "client_secret" in said
    assert run("list").split() == ["warehouse", "biller"]
    token = run("token", "warehouse").strip()
    actor = clients.actor_of(token, "")
    assert actor is not None
    assert actor.role == "biller"
    run("remove", "warehouse")
    assert run("list") == ""
    with pytest.raises(CommandError, match="liaison client add") as refused:
        run("token", "warehouse")
    assert refused.value.returncode == 1


def test_a_system_gets_tokens_by_its_secret() -> None:
    client, secret = clients.add(ACTOR, "warehouse", "system-reader")
    browser = Browser()
    form = {"grant_type": "client_credentials", "client_id": client.application.client_id, "client_secret": secret}
    answer = browser.post("/oauth/token", form)
    assert answer.status_code == 200, answer.content
    actor = clients.actor_of(answer.json()["access_token"], "")
    assert actor is not None
    assert actor.name == "warehouse"
    assert browser.post("/oauth/token", {**form, "client_secret": "wrong"}).status_code == 401
