"""Live pages: every open page hears of a change at once, and hears nothing about a patient."""

import threading
from collections.abc import Iterator

import orjson
import pytest
from django.test import Client

from liaison.record.actor import machine
from liaison.record.change import change
from liaison.web import live
from tests.support.practice import Practice
from tests.support.signed_in import client_of


def topics(message: bytes) -> list[str]:
    """The topics of a server-sent `change`; none for a sign of life."""
    data = [line[6:] for line in message.split(b"\n") if line.startswith(b"data: ")]
    return orjson.loads(data[0])["topics"] if data else []


def test_a_waiting_stream_is_woken_with_the_rooms_that_changed() -> None:
    feed = live.Feed()
    place = feed.now()
    feed.tell([(7, "visits.moved"), (8, "places.room_state"), (9, "visits.step")])
    place, said = feed.wait(place, 5)
    assert said == ["places", "visits"]
    assert feed.wait(place, 0)[1] == []


def test_a_page_that_comes_back_is_told_what_it_missed_or_everything() -> None:
    feed = live.Feed()
    feed.begin(100)
    feed.tell([(101, "visits.moved"), (102, "billing.claim_made")])
    assert feed.missed(102) == []
    assert feed.missed(101) == ["billing"]
    assert feed.missed(100) == ["billing", "visits"]
    assert feed.missed(5) == ["*"], "longer ago than is remembered"
    assert feed.missed(500) == ["*"], "a number of another database"


def test_a_number_committed_late_is_not_missed() -> None:
    feed = live.Feed()
    feed.begin(10)
    feed.tell([(12, "visits.moved")])
    feed.tell([(11, "worklist.added")])
    assert "worklist" in feed.missed(12) or "worklist" in feed.missed(10)


def test_a_change_by_anybody_reaches_a_stream(own_database: None) -> None:
    feed = live.Feed()
    watcher = live.Watcher(feed)
    watcher.start()
    place = feed.now()

    def act() -> None:
        from django.db import connection

        with change(machine("test"), "visits.room") as this:
            this.event("visits.moved", visit="v", site="s")
        connection.close()

    acting = threading.Thread(target=act)
    acting.start()
    acting.join()
    assert feed.wait(place, 30)[1] == ["visits"]
    watcher.stop()


def test_a_stream_says_topics_and_its_number_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    feed = live.Feed()
    feed.begin(40)
    monkeypatch.setattr(live, "feed", feed)
    assert live.try_open()
    stream: Iterator[bytes] = live.stream(None)
    assert next(stream).startswith(b"retry: 2000\n\nid: 40\n")
    feed.tell([(41, "visits.moved")])
    assert next(stream) == b'id: 41\nevent: change\ndata: {"topics":["visits"]}\n\n'
    stream.close()


def test_a_tab_has_one_stream_and_the_older_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "feed", live.Feed())
    assert live.try_open()
    assert live.try_open()
    before = live.stream(None, "tab-1")
    next(before)
    after = live.stream(None, "tab-1")
    next(after)
    assert list(before) == []
    live.feed.tell([(1, "visits.moved")])
    assert topics(next(after)) == ["visits"]
    after.close()


def test_streams_beyond_what_a_process_carries_are_sent_away(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "_open", threading.Semaphore(0))
    monkeypatch.setattr(live.watcher, "start", lambda: None)
    answer = client_of(practice.ma).get("/events")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def test_only_signed_in_staff_listen(db: None, client: Client) -> None:
    assert client.get("/events").status_code == 302
