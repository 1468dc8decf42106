"""The payer as a process: it answers over HTTP, pays nothing twice, and forgets nothing when it is killed."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from liaison.engines.x12 import (
    CoreMessage,
    EligibilityInquiry,
    Provider,
    Subscriber,
    balance_problems,
    read_271,
    read_277ca,
    read_835,
    read_999,
    read_core,
    write_270,
    write_837p,
    write_core,
)
from liaison.engines.x12.core import ARRIVED, BATCH, PAYLOADS, REAL_TIME, RECEIPT, RETRIEVALS
from tests.support.sandboxes import Sandbox, starting
from tests.x12.samples import CREATED, HOLDER, PAYER, batch, claim, envelope

pytestmark = pytest.mark.processes


@pytest.fixture
def start() -> Iterator[Callable[..., Sandbox]]:
    with starting(partial(Sandbox, "sandbox_payer")) as run:
        yield run


def file_of(count: int, control: int = 42) -> bytes:
    claims = (claim(f"C{n}", subscriber=Subscriber(f"SUN{n:09d}", HOLDER)) for n in range(1, count + 1))
    return write_837p(batch(*claims, control_number=control))


def test_a_file_of_claims_is_answered_in_three_files(start: Callable[..., Sandbox]) -> None:
    payer = start()
    assert payer.first_line.startswith("listening on 127.0.0.1:")
    status, answer = payer.json("POST", "/claims", file_of(50))
    assert (status, answer["file"]) == (200, "1")
    _, listed = payer.json("GET", "/files")
    files = {row["kind"]: payer.ask("GET", f"/files/{row['id']}")[1] for row in listed["files"]}
    assert list(files) == ["999", "277CA", "835"]
    assert read_999(files["999"])[0].is_accepted
    assert len(read_277ca(files["277CA"])[0].accepted) == 50
    (paid,) = read_835(files["835"])
    assert len(paid.claims) == 50
    assert balance_problems(paid) == []
    assert paid.payer.name == PAYER.name
    assert payer.json("GET", f"/files?since={listed['next']}")[1] == {"files": [], "next": listed["next"]}


def test_the_same_file_twice_is_answered_once(start: Callable[..., Sandbox]) -> None:
    payer = start()
    first = payer.json("POST", "/claims", file_of(2))
    assert payer.json("POST", "/claims", file_of(2)) == first
    assert len(payer.json("GET", "/files")[1]["files"]) == 3


def test_another_file_under_a_used_number_is_refused(start: Callable[..., Sandbox]) -> None:
    payer = start()
    payer.json("POST", "/claims", file_of(2))
    status, words = payer.json("POST", "/claims", file_of(3))
    assert (status, words["rule"]) == (409, "control-reused")
    assert len(payer.json("GET", "/files")[1]["files"]) == 3


def test_what_was_answered_survives_a_kill(start: Callable[..., Sandbox], tmp_path: Path) -> None:
    state = str(tmp_path / "payer.sqlite3")
    payer = start("--state", state, "--today", "2026-03-03", "--seed", "5")
    answered = payer.json("POST", "/claims", file_of(20))
    before = payer.json("GET", "/files")[1]
    contents = [payer.ask("GET", f"/files/{row['id']}") for row in before["files"]]
    payer.kill()

    again = start("--state", state, "--today", "2026-03-03", "--seed", "5")
    assert again.json("GET", "/files")[1] == before
    assert [again.ask("GET", f"/files/{row['id']}") for row in before["files"]] == contents
    assert again.json("POST", "/claims", file_of(20)) == answered
    again.json("POST", "/claims", file_of(20, control=43))
    last = again.json("GET", f"/files?since={before['next']}")[1]["files"][-1]
    (denied,) = read_835(again.ask("GET", f"/files/{last['id']}")[1])
    assert denied.payment_cents == 0 or {c.status_code for c in denied.claims} == {"1", "4"}
    assert any(line.adjustments[0].carc == "18" for each in denied.claims for line in each.lines)


def core(kind: str, payload: bytes, mode: str = REAL_TIME, id: str = "1d2e") -> tuple[str, bytes]:
    return write_core(CoreMessage(kind, payload, "MAPLE01", "SUNCO", id, CREATED, mode))


def asking(payer: Sandbox, message: tuple[str, bytes]) -> CoreMessage:
    kind, body = message
    connection = HTTPConnection(payer.address)
    try:
        connection.request("POST", "/core", body, {"Content-Type": kind})
        response = connection.getresponse()
        return read_core(response.headers["Content-Type"], response.read())
    finally:
        connection.close()


def question(trace: str = "T1") -> bytes:
    asker = Provider("Maple Street Clinic", npi="1234567893")
    asked = EligibilityInquiry(trace, PAYER, asker, Subscriber("SUN000000001", HOLDER))
    return write_270(asked, replace(envelope(), sender_id="MAPLE01", receiver_id="SUNCO"))


def test_a_question_is_answered_at_once_plainly_and_in_the_core_envelope(start: Callable[..., Sandbox]) -> None:
    payer = start()
    status, content = payer.ask("POST", "/ask", question())
    assert status == 200
    assert read_271(content)[0].is_active
    answer = asking(payer, core(PAYLOADS["270"], question()))
    assert (answer.is_answered, answer.kind, answer.sender) == (True, "271", "SUNCO")
    assert read_271(answer.payload)[0].trace == "T1"
    refused = asking(payer, core("X12_834_Request", b"x"))
    assert (refused.error_code, refused.payload) == ("PayloadTypeIllegal", b"")
    kind, form = core(PAYLOADS["270"], question())
    assert asking(payer, (kind, form.replace(b"2.2.0", b"9.9.9"))).error_code == "VersionMismatch"
    assert asking(payer, (kind, form.replace(b"ReceiverID", b"Whomever"))).error_code == "ReceiverIDRequired"


def test_a_batch_in_the_core_envelope_is_receipted_and_its_answers_wait(start: Callable[..., Sandbox]) -> None:
    payer = start()
    assert asking(payer, core(PAYLOADS["837"], file_of(3), BATCH)).payload_type == RECEIPT
    for _ in range(2):
        ready = asking(payer, core(RETRIEVALS["835"], b"", BATCH))
        assert len(read_835(ready.payload)[0].claims) == 3
    asking(payer, core(ARRIVED, b"ISA", BATCH, ready.id))
    assert asking(payer, core(RETRIEVALS["835"], b"", BATCH)).payload == b""


def test_remittances_that_come_later_are_behind_what_came_meanwhile(start: Callable[..., Sandbox]) -> None:
    payer = start("--later", "2")
    payer.json("POST", "/claims", file_of(1))
    first = payer.json("GET", "/files")[1]
    assert [row["kind"] for row in first["files"]] == ["999", "277CA"]
    payer.json("POST", "/claims", file_of(1, control=43))
    seen: list[str] = []
    since = "0"
    for _ in range(300):
        listed = payer.json("GET", f"/files?since={since}")[1]
        seen += [row["kind"] for row in listed["files"]]
        since = listed["next"]
        if len(seen) == 6:
            break
        time.sleep(0.1)
    assert sorted(seen) == ["277CA", "277CA", "835", "835", "999", "999"]
    assert seen[:2] == ["999", "277CA"]


def test_mischief_comes_by_order_and_then_no_more(start: Callable[..., Sandbox]) -> None:
    payer = start("--mischief", "error:1,half:1,cut:1")
    assert payer.ask("POST", "/claims", file_of(1))[0] == 500
    assert len(payer.json("GET", "/files")[1]["files"]) == 0
    payer.json("POST", "/claims", file_of(1))
    assert [row["kind"] for row in payer.json("GET", "/files")[1]["files"]] == ["999", "277CA", "835", "835"]
    # Everything was done, and nobody was told: the same file again gives the same answer.
    with pytest.raises(HTTPException):
        payer.ask("POST", "/claims", file_of(2, control=43))
    assert payer.json("POST", "/claims", file_of(2, control=43))[1]["file"] == "2"
    assert len(payer.json("GET", "/files")[1]["files"]) == 7
    assert payer.json("POST", "/mischief", b"hang=1:1")[0] == 200
    with pytest.raises(HTTPException):
        payer.ask("POST", "/ask", question())
    assert payer.ask("POST", "/ask", question())[0] == 200
    assert payer.json("POST", "/mischief", b"tantrum")[0] == 400


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/claims", b"", 400),
        ("POST", "/claims", b"no claims at all", 400),
        ("POST", "/claims", b"ISA*00*", 400),
        ("POST", "/elsewhere", b"x", 404),
        ("GET", "/files/999", None, 404),
        ("GET", "/files/none", None, 404),
        ("GET", "/files?since=yesterday", None, 400),
        ("GET", "/files?since=-1", None, 400),
        ("GET", "/", None, 404),
    ],
)
def test_wrong_requests_are_answered_with_a_sentence(
    start: Callable[..., Sandbox], method: str, path: str, body: bytes | None, status: int
) -> None:
    payer = start()
    got, words = payer.json(method, path, body)
    assert got == status
    assert str(words["error"]).endswith((".", "]"))
    assert payer.json("GET", "/health") == (200, {"payers": ["MEDIB", "STCAI", "SUNCO"]})


def test_a_port_in_use_is_told_on_one_line(start: Callable[..., Sandbox]) -> None:
    port = start().address.partition(":")[2]
    command = [sys.executable, "-m", "sandbox_payer", "--port", port]
    second = subprocess.run(command, capture_output=True, text=True, check=False)
    assert second.returncode == 1
    assert second.stderr.count("\n") == 1
    assert port in second.stderr
