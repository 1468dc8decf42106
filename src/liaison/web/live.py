"""Live pages: what changed, told to every open page within a fraction of a second, without any patient's data.

One thread of the process follows the outbox and wakes the streams; a stream holds no database connection.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import orjson
from django.conf import settings
from django.db import DatabaseError, connection, connections
from django.db.models import Max

from liaison.record.models import OutboxEvent

log = logging.getLogger(__name__)
CHANNEL = "liaison"  # the outbox's trigger notifies it (record/migrations)
# A page that has gone is noticed only by writing to it, and holds a thread until then
HEARTBEAT = 5.0
LIFETIME = 600.0  # a stream ends then and the page opens another: who was signed out meanwhile sees no more
POLL = 0.15
REMEMBERED = 4096
# On PostgreSQL a lower number may be committed after a higher one: so far back each look goes
LATE = 256


@dataclass(frozen=True, slots=True)
class Happening:
    """An event of the outbox as streams see it: its number, the highest number seen when it came, its room."""

    seq: int
    mark: int
    topic: str


class Feed:
    """What has happened lately, in the order in which this process learned of it; streams wait on it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._recent: deque[Happening] = deque(maxlen=REMEMBERED)
        self._count = 0
        self._tabs: dict[str, object] = {}  # the one stream of each tab
        self.mark = 0
        self.floor = 0  # nothing up to here is remembered

    def begin(self, mark: int) -> None:
        """Start remembering after the event numbered `mark`."""
        with self._changed:
            self.mark = self.floor = max(mark, self.mark)

    def tell(self, events: list[tuple[int, str]]) -> None:
        """Add events (number, name) and wake every stream."""
        with self._changed:
            for seq, name in events:
                self.mark = max(self.mark, seq)
                if len(self._recent) == REMEMBERED:
                    self.floor = max(self.floor, self._recent[0].mark)
                self._recent.append(Happening(seq, self.mark, name.partition(".")[0]))
                self._count += 1
            self._changed.notify_all()

    def now(self) -> int:
        """The place from which a new stream listens."""
        with self._changed:
            return self._count

    def missed(self, last: int) -> list[str]:
        """Topics since the event numbered `last`; all of them (`*`) when that is longer ago than is remembered."""
        with self._changed:
            if last == self.mark:
                return []
            if last < self.floor or last > self.mark:
                return ["*"]
            return sorted({h.topic for h in self._recent if h.mark >= last and h.seq != last})

    def take_tab(self, tab: str) -> object:
        """Open a stream for a tab: the stream of the page that it showed before ends at once."""
        token = object()
        with self._changed:
            self._tabs[tab] = token
            self._changed.notify_all()
        return token

    def holds_tab(self, tab: str, token: object) -> bool:
        """Whether this stream is still the one of its tab; one without a tab is."""
        return not tab or self._tabs.get(tab) is token

    def leave_tab(self, tab: str, token: object) -> None:
        """Forget a stream that has ended."""
        with self._changed:
            if tab and self._tabs.get(tab) is token:
                del self._tabs[tab]

    def wait(self, place: int, seconds: float, tab: str = "", token: object = None) -> tuple[int, list[str]]:
        """Wait until something is beyond `place`, the tab is another stream's, or the seconds are over.

        Gives the new place and the topics.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._count > place or not self.holds_tab(tab, token), seconds)
            new = min(self._count - place, len(self._recent))
            topics = sorted({self._recent[-i].topic for i in range(1, new + 1)})
            return self._count, topics


class Watcher:
    """The one thread of a process that follows the outbox into the feed."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self._seen: deque[int] = deque(maxlen=4 * LATE)
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._ready = threading.Event()
        self._stop = threading.Event()

    def start(self) -> None:
        """Start following, once; returns when nothing that happens from now on can be missed."""
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                self._ready.clear()
                self._thread = threading.Thread(target=self._run, name="live-watcher", daemon=True)
                self._thread.start()
        self._ready.wait(5)

    def stop(self) -> None:
        """End the thread and wait until its connection is closed."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._follow()
            except DatabaseError as exc:
                log.warning("The outbox cannot be followed (%s); trying again.", type(exc).__name__)
                self._stop.wait(1.0)
            finally:
                connection.close()

    def _follow(self) -> None:
        postgres = connection.vendor == "postgresql"
        if postgres:
            with connection.cursor() as cursor:
                cursor.execute(f"LISTEN {CHANNEL}")
        if self.feed.mark == 0:
            self.feed.begin(OutboxEvent.objects.aggregate(last=Max("seq"))["last"] or 0)
            self._seen.extend(range(max(0, self.feed.mark - LATE), self.feed.mark + 1))
        self._ready.set()
        version = None
        while not self._stop.is_set():
            if postgres:
                for _ in connection.connection.notifies(timeout=2.0, stop_after=1):
                    pass
            else:
                self._stop.wait(POLL)
                if version == (version := self._data_version()):
                    continue
            self._look(LATE if postgres else 0)

    def _data_version(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA data_version")
            return int(cursor.fetchone()[0])

    def _look(self, back: int) -> None:
        rows = OutboxEvent.objects.filter(seq__gt=self.feed.mark - back).order_by("seq").values_list("seq", "name")
        seen = set(self._seen)
        fresh = [(seq, name) for seq, name in rows if seq not in seen]
        if fresh:
            self._seen.extend(seq for seq, _ in fresh)
            self.feed.tell(fresh)


feed = Feed()
watcher = Watcher(feed)
# Fewer than the threads of a process, so that pages are answered however many are open
_open = threading.Semaphore(getattr(settings, "LIVE_STREAMS", 96))


def try_open() -> bool:
    """Take a place among the streams of this process; False when every one is taken. `stream` gives it back."""
    return _open.acquire(blocking=False)


def stream(last: int | None, tab: str = "", *, lifetime: float = LIFETIME) -> Iterator[bytes]:
    """Server-sent events for one page: `change` with the topics that changed, and a sign of life when nothing does.

    `last` is the Last-Event-ID of a page that comes back: it is told at once what it missed. A `tab` has one stream:
    that of the page it showed before ends.
    """
    token = feed.take_tab(tab) if tab else None
    try:
        place = feed.now()
        yield b"retry: 2000\n\n" + _event(feed.missed(last) if last is not None else [])
        end = time.monotonic() + lifetime
        while time.monotonic() < end:
            place, topics = feed.wait(place, HEARTBEAT, tab, token)
            if not feed.holds_tab(tab, token):
                return
            yield _event(topics) if topics else b": here\n\n"
    finally:
        feed.leave_tab(tab, token)
        _open.release()


def _event(topics: list[str]) -> bytes:
    if not topics:
        return b"id: %d\n\n" % feed.mark
    return b"id: %d\nevent: change\ndata: %s\n\n" % (feed.mark, orjson.dumps({"topics": topics}))


def let_go_of_database() -> None:
    """Close this thread's connections: a stream lives for minutes and asks nothing. In a transaction they stay."""
    for one in connections.all(initialized_only=True):
        if not one.in_atomic_block:
            one.close()
