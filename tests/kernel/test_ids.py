"""Identifiers: UUIDv7 in the order they were made, and the same one for the same imported thing."""

import threading
import time
from uuid import RFC_4122

import pytest

from liaison.kernel import ids


def test_an_id_is_a_version_7_uuid_of_now() -> None:
    made = ids.new_id()
    assert (made.version, made.variant) == (7, RFC_4122)
    assert abs((made.int >> 80) - time.time_ns() // 1_000_000) < 60_000


def test_ids_are_made_in_order_also_within_a_millisecond() -> None:
    made = [ids.new_id() for _ in range(5000)]
    assert made == sorted(made)
    assert len(set(made)) == 5000
    assert {(i.version, i.variant) for i in made} == {(7, RFC_4122)}


def test_a_clock_that_is_set_back_does_not_bring_an_id_again(monkeypatch: pytest.MonkeyPatch) -> None:
    before = ids.new_id()
    monkeypatch.setattr(ids.time, "time_ns", lambda: 1_000_000_000)
    assert ids.new_id() > before


def test_counting_on_carries_into_the_time_and_keeps_version_and_variant() -> None:
    from uuid import UUID

    full = UUID("019a0000-0000-7fff-bfff-ffffffffffff")
    following = UUID(int=ids._next(full.int))
    assert following == UUID("019a0000-0001-7000-8000-000000000000")
    assert (following.version, following.variant) == (7, RFC_4122)


def test_threads_never_get_the_same_id() -> None:
    made: list[object] = []

    def make() -> None:
        made.extend([ids.new_id() for _ in range(500)])

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 4000


def test_an_imported_thing_has_one_id_for_ever() -> None:
    one = ids.imported_id("synthea", "Patient", "7")
    assert one == ids.imported_id("synthea", "Patient", "7")
    assert one != ids.imported_id("synthea", "Encounter", "7")
    assert one != ids.imported_id("other", "Patient", "7")
