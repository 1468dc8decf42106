"""Rule documents: a new edition takes the place of the old, and every process sees it at once."""

import pytest

from liaison.documents.actions import publish
from liaison.documents.models import Document
from liaison.documents.queries import all_in_force, edition, in_force
from liaison.kernel.errors import Forbidden, Invalid, NotFound
from liaison.people.actors import capabilities_of
from liaison.record.actor import Actor, machine
from liaison.record.promises import broken

pytestmark = pytest.mark.django_db
SETUP = machine("test")


def publish_fees(cents: int, actor: Actor = SETUP) -> Document:
    body = {"fees": {"99213": {"cents": cents}}}
    return publish(actor, kind="fee-schedule", key="default", title="Fees", body=body)


def test_a_new_edition_retires_the_old_and_is_in_force_at_once():
    first = publish_fees(14200)
    assert in_force("fee-schedule", "default").body["fees"]["99213"]["cents"] == 14200
    second = publish_fees(15000)
    assert (first.edition, second.edition) == (1, 2)
    assert in_force("fee-schedule", "default").pk == second.pk
    assert Document.objects.get(pk=first.pk).retired_at is not None
    assert broken() == {}


def test_an_edition_that_another_process_publishes_is_seen_although_the_old_one_was_read():
    publish_fees(14200)
    in_force("fee-schedule", "default")
    # As another process would: its rows, not this process's memory
    publish_fees(16000)
    assert in_force("fee-schedule", "default").body["fees"]["99213"]["cents"] == 16000


def test_the_same_document_again_changes_nothing():
    first = publish_fees(14200)
    assert publish_fees(14200).pk == first.pk
    assert Document.objects.count() == 1


def test_an_old_edition_can_still_be_read_by_its_number():
    publish_fees(14200)
    publish_fees(15000)
    assert edition("fee-schedule", "default", 1).body["fees"]["99213"]["cents"] == 14200
    with pytest.raises(NotFound):
        edition("fee-schedule", "default", 3)


def test_reading_a_known_document_costs_one_query(django_assert_num_queries):
    publish_fees(14200)
    in_force("fee-schedule", "default")
    with django_assert_num_queries(1):
        in_force("fee-schedule", "default")
    with django_assert_num_queries(1):
        assert [document.key for document in all_in_force("fee-schedule")] == ["default"]


def test_a_document_that_is_not_there_is_refused_by_name():
    with pytest.raises(NotFound, match="visit type “dance”"):
        in_force("visit-type", "dance")


def test_only_who_may_publish_publishes_and_only_what_is_a_document():
    assistant = Actor("1", "Dana", "medical-assistant", capabilities_of("medical-assistant"))
    with pytest.raises(Forbidden):
        publish_fees(1, assistant)
    with pytest.raises(Invalid) as refused:
        publish(SETUP, kind="horoscope", key="x", title="X", body={})
    assert refused.value.field == "kind"
    assert Document.objects.count() == 0
