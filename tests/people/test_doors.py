"""The doors to a patient: every look is audited, and a restricted chart opens only with a reason."""

from datetime import timedelta

import pytest

from liaison.kernel import clock
from liaison.kernel.errors import Forbidden, Invalid, NotFound
from liaison.kernel.ids import new_id
from liaison.people.actions import break_glass, restrict
from liaison.people.queries import patient_for
from liaison.record.actor import Actor, machine
from liaison.record.models import AuditEntry


def test_a_look_at_a_patient_is_in_the_log(register, desk):
    dana = register("Whitfield", "Dana")
    assert patient_for(desk, dana.pk, why="telephone call") == dana
    entry = AuditEntry.objects.latest("seq")
    assert (entry.action, entry.patient_id, entry.reason) == ("read", dana.pk, "telephone call")
    assert entry.entities == [f"Patient/{dana.pk}/_history/1"]


def test_a_restricted_chart_opens_with_a_reason_for_an_hour(register, member):
    dana = register("Whitfield", "Dana")
    provider, assistant, other = member("provider"), member("medical-assistant"), member("nurse")
    restrict(provider, dana.pk, True, "works here")
    with pytest.raises(Forbidden) as refused:
        patient_for(assistant, dana.pk)
    assert refused.value.code == "restricted"
    with pytest.raises(Invalid):
        break_glass(assistant, dana.pk, "  ")
    broken = break_glass(assistant, dana.pk, "Chest pain in the waiting room")
    assert patient_for(assistant, dana.pk).pk == dana.pk
    entry = AuditEntry.objects.filter(action="break-glass").get()
    assert (entry.patient_id, entry.actor_id, entry.reason) == (dana.pk, assistant.id, "Chest pain in the waiting room")
    with pytest.raises(Forbidden):
        patient_for(other, dana.pk)
    with clock.at(broken.until + timedelta(seconds=1)), pytest.raises(Forbidden):
        patient_for(assistant, dana.pk)


def test_a_provider_needs_no_reason_and_a_lifted_restriction_opens_the_chart(register, member):
    dana = register("Whitfield", "Dana")
    provider = member("provider")
    restrict(provider, dana.pk, True, "works here")
    assert patient_for(provider, dana.pk).restricted
    restrict(provider, dana.pk, False, "asked for it")
    assert patient_for(member("front-desk"), dana.pk).pk == dana.pk


def test_who_may_not_does_not(register, member, desk):
    dana = register("Whitfield", "Dana")
    with pytest.raises(Forbidden):
        restrict(desk, dana.pk, True, "because")
    with pytest.raises(Forbidden):
        patient_for(Actor("1", "Guest", "guest", frozenset()), dana.pk)
    with pytest.raises(Invalid):
        restrict(member("provider"), dana.pk, True, "")
    with pytest.raises(Forbidden):
        break_glass(machine("import"), dana.pk, "why not")
    with pytest.raises(NotFound):
        patient_for(desk, new_id())
