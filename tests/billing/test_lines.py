"""The lines to payers: each file there once, each answer here once, whatever dies in between."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from liaison.billing.actions import batch, process_received, take_in
from liaison.billing.exchange import fetch_answers, send_over, send_waiting
from liaison.billing.exchange.configured import ways
from liaison.billing.exchange.folder import FolderLine
from liaison.billing.exchange.line import Line
from liaison.billing.exchange.sftp import SftpLine
from liaison.billing.models import Claim, Delivery, Exchange
from liaison.kernel.errors import Invalid
from liaison.record.models import OutboxEvent
from sandbox_payer.exchange import answer
from sandbox_payer.history import MemoryHistory
from sandbox_payer.rules import load_rules
from tests.billing.clinic import BEGAN, TEST, Practice
from tests.billing.sftp import SftpServer
from tests.support.clinic import Clinic
from tests.support.sandboxes import Sandbox

pytestmark = pytest.mark.processes
E = Exchange.Status


@pytest.fixture
def sftp(tmp_path: Path, settings: Any) -> Iterator[SftpServer]:
    server = SftpServer(tmp_path)
    settings.CLAIMS_KEY, settings.CLAIMS_KNOWN_HOSTS = str(server.key_file), str(server.known_hosts)
    yield server
    server.close()


class Folders:
    """Two folders that a payer reads and fills."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in ("out", "in"):
            (root / name).mkdir(parents=True)
        self.address = f"file://{root}?send=out&receive=in"

    def sent(self) -> list[str]:
        return sorted(path.name for path in (self.root / "out").iterdir() if not path.name.startswith("."))


@pytest.fixture(params=["sftp", "folder"])
def there(request: pytest.FixtureRequest, tmp_path: Path) -> SftpServer | Folders:
    """The other side, as a payer sees it."""
    found: SftpServer | Folders = (
        request.getfixturevalue("sftp") if request.param == "sftp" else Folders(tmp_path / "f")
    )
    return found


def file_of(practice: Practice) -> Exchange:
    practice.claim()
    (file,) = batch(TEST)
    return file


def answers_to(file: Exchange) -> list[tuple[str, bytes]]:
    """What the sandbox payer answers."""
    return [(one.kind, one.content) for one in answer(bytes(file.body), load_rules(), MemoryHistory(), BEGAN.date())]


def put(there: SftpServer | Folders, name: str, body: bytes, *, age: int = 3600) -> None:
    path = there.root / "in" / name
    path.write_bytes(body)
    os.utime(path, (path.stat().st_atime, path.stat().st_mtime - age))


def test_a_claim_goes_and_its_answers_come(practice: Practice, there: SftpServer | Folders) -> None:
    file = file_of(practice)
    assert send_waiting(there.address) == 1
    assert there.sent() == [file.name]
    assert (there.root / "out" / file.name).read_bytes() == bytes(file.body)
    for number, (kind, body) in enumerate(answers_to(file)):
        put(there, f"{number}.{kind}.x12", body)
    assert fetch_answers(there.address) == 3
    assert Claim.objects.get().status == "paid"
    assert set(Exchange.objects.values_list("kind", "status")) == {
        ("837P", "accepted"),
        ("999", "posted"),
        ("277CA", "posted"),
        ("835", "posted"),
    }
    assert (send_waiting(there.address), fetch_answers(there.address)) == (0, 0)


class Crash(BaseException):
    """The process ends here."""


STEPS = ("before", "half", "prepared", "noted", "committed")


def dying(line: Line, step: str) -> Line:
    """A line whose process dies at a step."""
    prepare, commit = line.prepare, line.commit

    def prepares(file: Any) -> None:
        if step == "before":
            raise Crash
        prepare(file)
        if step == "half":
            part = next(Path(line._send_to).glob(".*.part")) if isinstance(line, FolderLine) else None
            if part is not None:
                part.write_bytes(file.body[:100])
        if step in ("half", "prepared"):
            raise Crash

    def commits(file: Any) -> None:
        if step == "noted":
            raise Crash
        commit(file)
        raise Crash

    line.prepare, line.commit = prepares, commits  # type: ignore[method-assign]
    return line


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_the_file_is_there_once(practice: Practice, there: SftpServer | Folders, step: str) -> None:
    file = file_of(practice)
    way = ways(there.address)[0]
    with pytest.raises(Crash), way.open() as line:
        send_over(dying(line, step), [file])
    taken_away = step == "committed"
    if taken_away:  # the payer is quick: it reads the file and removes it before we are back
        (there.root / "out" / file.name).unlink()
    assert send_waiting(there.address) == 1
    assert there.sent() == ([] if taken_away else [file.name])
    if not taken_away:
        assert (there.root / "out" / file.name).read_bytes() == bytes(file.body)
    assert list((there.root / "out").glob(".*")) == []
    assert Exchange.objects.get().status == E.SENT


def test_a_file_of_the_same_name_is_not_overwritten(practice: Practice, there: SftpServer | Folders) -> None:
    file = file_of(practice)
    (there.root / "out" / file.name).write_bytes(b"of somebody else")
    assert send_waiting(there.address) == 0
    file.refresh_from_db()
    assert file.status == E.REFUSED
    assert "Another file named" in file.note
    assert (there.root / "out" / file.name).read_bytes() == b"of somebody else"
    assert Claim.objects.get().status == "rejected"


def test_a_file_that_is_still_being_written_waits(practice: Practice, there: SftpServer | Folders) -> None:
    file = file_of(practice)
    send_waiting(there.address)
    kind, body = answers_to(file)[0]
    put(there, "half.x12", body[:-30], age=0)
    put(there, ".hidden.x12", body)
    put(there, "whole.x12.part", body)
    assert fetch_answers(there.address) == 0
    assert Delivery.objects.count() == 0
    put(there, "half.x12", body)
    assert fetch_answers(there.address) == 1
    assert (kind, Exchange.objects.get(direction="out").status) == ("999", "accepted")


def test_half_a_file_is_kept_and_held_with_one_sentence(practice: Practice, there: SftpServer | Folders) -> None:
    file = file_of(practice)
    send_waiting(there.address)
    remittance = answers_to(file)[2][1]
    put(there, "835.x12", remittance[: len(remittance) // 2])
    put(there, "empty.x12", b"")
    put(there, "letter.txt", b"Dear practice,")
    assert fetch_answers(there.address) == 3
    held = Exchange.objects.filter(direction="in").order_by("name")
    assert {(row.kind, row.status) for row in held} == {("835", "held"), ("", "held")}
    assert all(row.note for row in held)
    assert Claim.objects.get().status == "sent"
    assert OutboxEvent.objects.filter(name="billing.exchange_held").count() == 3
    assert fetch_answers(there.address) == 0
    put(there, "835-again.x12", remittance)
    assert fetch_answers(there.address) == 1
    assert Claim.objects.get().status == "paid"


def test_what_no_payer_should_send_is_kept_and_holds_back_nothing(
    practice: Practice, there: SftpServer | Folders
) -> None:
    file = file_of(practice)
    send_waiting(there.address)
    put(there, "0" * 200 + ".x12", b"a long name")
    put(there, os.fsdecode(b"1\xff.x12"), b"a name in no alphabet")
    put(there, "2.x12", b"ISA" + b"\x00" * 200)
    put(there, "3.x12", answers_to(file)[2][1])
    assert fetch_answers(there.address) == 4
    held = Exchange.objects.filter(direction="in", status="held").order_by("name")
    assert [(bytes(row.body)[:6], row.kind, row.control_number) for row in held] == [
        (b"a long", "", ""), (b"a name", "", ""), (b"ISA\x00\x00\x00", "", ""),
    ]  # fmt: skip
    assert Claim.objects.get().status == "paid"
    assert fetch_answers(there.address) == 0


def test_what_a_payer_calls_a_file_is_taken_where_it_is_a_kind_that_is_read(practice: Practice) -> None:
    kept = take_in(TEST, "of-another-world", "answers/1", b"ISA", line="payer")
    assert (kept.kind, take_in(TEST, "835", "answers/2", b"no 835", line="payer").kind) == ("", "835")


def test_the_same_file_under_another_name_is_known_again(practice: Practice, there: SftpServer | Folders) -> None:
    file = file_of(practice)
    send_waiting(there.address)
    for kind, body in answers_to(file):
        put(there, f"{kind}.x12", body)
        put(there, f"{kind}-once-more.x12", body)
    fetch_answers(there.address)
    assert Exchange.objects.filter(direction="in").count() == 3
    assert Delivery.objects.filter(again=True).count() == 3
    assert Claim.objects.get().adjudications.count() == 1


def test_each_payer_goes_its_own_way(practice: Practice, tmp_path: Path, sftp: SftpServer) -> None:
    practice.claim(practice.patient(member="SUN000000001"))
    practice.claim(practice.patient(member="STC000000002"))
    batch(TEST)
    folders = Folders(tmp_path / "medicaid")
    assert send_waiting(f"{sftp.address} STCAI={folders.address}") == 2
    assert [name[:5] for name in (*sftp.sent(), *folders.sent())] == ["SUNCO", "STCAI"]
    with pytest.raises(Invalid, match="begins with one of"):
        send_waiting("ftp://example.org")


def test_a_server_with_another_key_gets_nothing(practice: Practice, sftp: SftpServer, settings: Any) -> None:
    file = file_of(practice)
    other = sftp.known_hosts.with_name("others")
    other.write_text(sftp.known_hosts.read_text().replace("AAAA", "AAAA", 1)[:-20] + "A" * 19 + "\n")
    settings.CLAIMS_KNOWN_HOSTS = str(other)
    assert send_waiting(sftp.address) == 0
    settings.CLAIMS_KNOWN_HOSTS = ""
    assert send_waiting(sftp.address) == 0
    file.refresh_from_db()
    assert (file.status, sftp.sent()) == (E.TO_SEND, [])
    assert "key of the SFTP server is not known" in file.note


def test_what_cannot_go_says_why_and_goes_later(practice: Practice, tmp_path: Path, sftp: SftpServer) -> None:
    file = file_of(practice)
    assert send_waiting(f"file://{tmp_path}/not-mounted") == 0
    file.refresh_from_db()
    assert "is not there" in file.note
    sftp.close()
    assert send_waiting(sftp.address) == 0
    file.refresh_from_db()
    assert (file.status, "cannot be reached" in file.note) == (E.TO_SEND, True)


@pytest.fixture
def hanging() -> Iterator[str]:
    """An address that takes connections and never answers."""
    with closing(socket.socket()) as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        kept: list[socket.socket] = []
        thread = threading.Thread(target=lambda: kept.append(server.accept()[0]), daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize("scheme", ["http", "core+http", "sftp"])
def test_a_payer_that_hangs_is_told_and_the_file_waits(
    practice: Practice, hanging: str, scheme: str, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    import httpx

    known = tmp_path / "known"
    known.write_text("")
    settings.CLAIMS_KNOWN_HOSTS = str(known)
    monkeypatch.setattr("liaison.billing.exchange.over_http.TIMEOUT", httpx.Timeout(0.2))
    monkeypatch.setattr("liaison.billing.exchange.sftp.CONNECT_SECONDS", 0.2)
    file = file_of(practice)
    assert send_waiting(f"{scheme}://{hanging}/") == 0
    file.refresh_from_db()
    assert (file.status, "answer" in file.note) == (E.TO_SEND, True)


class Dripping(BaseHTTPRequestHandler):
    """A payer whose answer has no end, a byte now and then."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
        with suppress(OSError):
            while True:
                self.wfile.write(b".")
                self.wfile.flush()
                time.sleep(0.01)

    def log_message(self, *args: object) -> None:
        """Nothing: the test is quiet."""


def left_waiting_by(answers: type[BaseHTTPRequestHandler], scheme: str, practice: Practice) -> Exchange:
    """A file after it was offered to a payer who answers so."""
    file = file_of(practice)
    with HTTPServer(("127.0.0.1", 0), answers) as payer:
        threading.Thread(target=payer.serve_forever, daemon=True).start()
        assert send_waiting(f"{scheme}://127.0.0.1:{payer.server_port}/") == 0
        payer.shutdown()
    file.refresh_from_db()
    return file


@pytest.mark.parametrize("scheme", ["http", "core+http"])
@pytest.mark.parametrize(("limit", "value", "told"), [("SECONDS", 0.1, "does not answer"), ("MOST_BYTES", 9, "larger")])
def test_an_answer_without_end_is_given_up_and_the_file_waits(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, scheme: str, limit: str, value: float, told: str
) -> None:
    monkeypatch.setattr(f"liaison.billing.exchange.over_http.{limit}", value)
    file = left_waiting_by(Dripping, scheme, practice)
    assert (file.status, told in file.note) == (E.TO_SEND, True)


class Garbled(BaseHTTPRequestHandler):
    """A payer whose answers are not packed as their heads say."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *args: object) -> None:
        """Nothing: the test is quiet."""


@pytest.mark.parametrize("scheme", ["http", "core+http"])
def test_an_answer_that_cannot_be_unpacked_is_told_and_the_file_waits(practice: Practice, scheme: str) -> None:
    file = left_waiting_by(Garbled, scheme, practice)
    assert (file.status, "cannot be read" in file.note) == (E.TO_SEND, True)


SET_UP = """
import django; django.setup()
from tests.billing.clinic import open_practice, TEST
from liaison.billing.actions import batch
open_practice().claim(); batch(TEST)
"""
SEND = """
import os, signal, sys, django; django.setup()
from urllib.parse import urlsplit
from liaison.billing.exchange import configured, send_over
from liaison.billing.exchange.sftp import SftpLine
from liaison.billing.models import Exchange
class Dying(SftpLine):
    def prepare(self, file):
        super().prepare(file)
        if sys.argv[2] == "prepared": os.kill(os.getpid(), signal.SIGKILL)
    def commit(self, file):
        if sys.argv[2] == "noted": os.kill(os.getpid(), signal.SIGKILL)
        super().commit(file)
        if sys.argv[2] == "committed": os.kill(os.getpid(), signal.SIGKILL)
configured.SftpLine = Dying
with configured.ways(sys.argv[1])[0].open() as line:
    send_over(line, list(Exchange.objects.filter(status="to_send").select_related("payer")))
print(*Exchange.objects.values_list("status", flat=True))
"""


@pytest.mark.once
def test_processes_killed_one_after_another_send_the_file_once(live_home: Clinic, sftp: SftpServer) -> None:
    env = live_home.env | {
        "LIAISON_CLAIMS_KEY": str(sftp.key_file),
        "LIAISON_CLAIMS_KNOWN_HOSTS": str(sftp.known_hosts),
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }

    def run(script: str, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-c", script, *words], env=env, capture_output=True, text=True)

    assert run(SET_UP).returncode == 0
    for step in ("prepared", "noted", "committed"):
        assert run(SEND, sftp.address, step).returncode == -9
    assert len(sftp.sent()) == 1
    for path in (sftp.root / "out").iterdir():
        path.unlink()
    last = run(SEND, sftp.address, "never")
    assert (last.stdout.split(), sftp.sent()) == (["sent"], []), last.stderr


def test_the_sandbox_payer_takes_claims_in_the_shape_of_core(
    practice: Practice, start_payer: Callable[..., Sandbox]
) -> None:
    payer = start_payer("--today", "2026-03-03")
    file = file_of(practice)
    address = payer.url.replace("http://", "core+http://clinic@") + "/core"
    (way,) = ways(address)
    with pytest.raises(Crash), way.open() as line:
        send_over(dying(line, "committed"), [file])
    assert send_waiting(address) == 1
    file.refresh_from_db()
    assert file.status == E.SENT
    with way.open() as line:  # kept, and killed before the payer was told
        (first, *_) = line.offered("")
        take_in(TEST, first.kind, first.name, line.fetch(first), line=line.name)
    assert fetch_answers(address) == 3
    assert Claim.objects.get().status == "paid"
    assert Exchange.objects.filter(direction="in").count() == 3
    assert fetch_answers(address) == 0


def test_a_person_may_take_a_file_in_by_hand(practice: Practice) -> None:
    file = file_of(practice)
    for kind, body in answers_to(file):
        take_in(TEST, "", f"{kind}.x12", body)
    with pytest.raises(Invalid):
        take_in(TEST, "", "empty.x12", b"")
    assert process_received(TEST) == 3
    assert Claim.objects.get().status == "paid"


def test_known_lines_are_named_without_secrets() -> None:
    (way,) = ways("sftp://clinic:secret@example.org/?send=a")
    line = way.open()
    assert isinstance(line, SftpLine)
    assert "secret" not in line.name
    assert "clinic" not in line.name
