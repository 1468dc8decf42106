"""Connected systems: registration, tokens, and the actor that a bearer token stands for."""

import time
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from secrets import token_urlsafe

from django.db import IntegrityError, transaction
from django.utils import timezone
from oauth2_provider.models import AccessToken, Application

from liaison.interop.models import SystemClient
from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.people.actors import capabilities_of
from liaison.people.roles import ROLES
from liaison.record.actor import Actor
from liaison.record.change import change
from liaison.record.columns import check

LIFETIME = timedelta(hours=1)
_REMEMBER = 1.0  # seconds that a token's actor is kept: an ended access stops within them
_actors: dict[str, tuple[float, Actor]] = {}


def add(actor: Actor, name: str, role: str) -> tuple[SystemClient, str]:
    """Register a system. Gives it and its client secret, which is kept only as a hash."""
    if role not in ROLES:
        raise Invalid("unknown-role", f"There is no role “{role}”. Choose one of: {', '.join(sorted(ROLES))}.", "role")
    check(SystemClient(name=name, role=role), ("name",))
    secret = token_urlsafe(32)
    with change(actor, "interop.clients") as this:
        try:
            with transaction.atomic():
                application = Application.objects.create(
                    name=name,
                    client_type=Application.CLIENT_CONFIDENTIAL,
                    authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
                    client_secret=secret,
                )
                client = this.save(SystemClient(name=name, role=role, application=application))
        except IntegrityError:
            sentence = f"A system named “{name}” is or was registered. Choose another name."
            raise Conflict("client-exists", sentence, "name") from None
        return client, secret


def token(actor: Actor, name: str) -> str:
    """A new bearer token of a registered system, good for an hour of real time, whatever a rehearsal's clock says."""
    with change(actor, "interop.clients"):
        client = _named(name)
        text = token_urlsafe(32)
        AccessToken.objects.create(
            application=client.application, token=text, expires=timezone.now() + LIFETIME, scope="system/*.rs"
        )
        return text


def remove(actor: Actor, name: str) -> None:
    """End a system's access: its tokens stop working within a second."""
    with change(actor, "interop.clients") as this:
        client = _named(name)
        client.active = False
        this.save(client, "active")
        AccessToken.objects.filter(application=client.application).delete()
    _actors.clear()


def listed(actor: Actor) -> list[SystemClient]:
    """The registered systems, by name."""
    actor.require("interop.clients")
    return list(SystemClient.objects.filter(active=True).order_by("name"))


def _named(name: str) -> SystemClient:
    client = SystemClient.objects.select_related("application").filter(name=name, active=True).first()
    if client is None:
        raise NotFound("no-client", f"No system named “{name}” is registered. Add it with: liaison client add {name}")
    return client


def actor_of(bearer: str, where: str) -> Actor | None:
    """The actor a bearer token stands for, calling from `where`, or None when it is unknown or over."""
    key = sha256(bearer.encode("utf-8", "replace")).hexdigest()
    known = _actors.get(key)
    if known is not None and known[0] > time.monotonic():
        actor = known[1]
        return actor if actor.where == where else replace(actor, where=where)
    found = (
        AccessToken.objects.filter(
            token_checksum=key, expires__gt=timezone.now(), application__system_client__active=True
        )
        .values_list(*(f"application__system_client__{name}" for name in ("id", "name", "role")), "expires")
        .first()
    )
    if found is None:
        _actors.pop(key, None)
        return None
    identifier, name, role, expires = found
    # Registration is the leave to read here; the role says what
    actor = Actor(str(identifier), name, role, capabilities_of(role) | {"interop.read"}, "client", where)
    if len(_actors) > 1000:
        _actors.clear()
    left = (expires - timezone.now()).total_seconds()
    _actors[key] = (time.monotonic() + min(_REMEMBER, left), actor)
    return actor
