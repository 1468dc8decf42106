"""The FHIR face through the real server process: what only HTTP itself can show."""

import http.client
import json
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.support.clinic import Clinic

Opened = tuple[http.client.HTTPConnection, dict[str, str]]
Answer = tuple[int, bytes, http.client.HTTPResponse]
pytestmark = [pytest.mark.processes, pytest.mark.once]


@pytest.fixture
def connection(live_home: Clinic) -> Iterator[Opened]:
    """A kept-alive connection to a served clinic with a payer in it, and the headers of a system that may read."""
    url = urlsplit(live_home.serve())
    live_home.liaison("client", "add", "warehouse")
    token = live_home.liaison("client", "token", "warehouse").stdout.strip()
    opened = http.client.HTTPConnection(url.hostname or "", url.port)
    yield opened, {"Authorization": f"Bearer {token}"}
    opened.close()


def test_one_connection_serves_many_questions(connection: Opened, live_home: Clinic) -> None:
    http_, allowed = connection

    def ask(method: str, path: str, headers: dict[str, str], body: object = None) -> Answer:
        http_.request(method, path, body, headers)  # type: ignore[arg-type]  # a generator makes a chunked body
        answer = http_.getresponse()
        return answer.status, answer.read(), answer

    assert ask("GET", "/fhir/metadata", {})[0] == 200
    status, body, answer = ask("GET", "/fhir/Patient", {})
    assert (status, json.loads(body)["resourceType"]) == (401, "OperationOutcome")
    assert answer.getheader("WWW-Authenticate") == 'Bearer realm="Liaison"'
    status, body, answer = ask("GET", "/fhir/Patient?_count=2", allowed)
    assert (status, json.loads(body)["total"]) == (200, 0)
    assert answer.getheader("Content-Type") == "application/fhir+json; charset=utf-8"
    status, body, answer = ask("HEAD", "/fhir/AuditEvent", allowed)
    assert (status, body) == (200, b"")
    found = json.loads(ask("GET", "/fhir/AuditEvent?_count=1", allowed)[1])["entry"][0]["resource"]
    assert ask("GET", f"/fhir/AuditEvent/{found['id']}", allowed)[0] == 200
    form = {**allowed, "Content-Type": "application/x-www-form-urlencoded"}
    assert ask("POST", "/fhir/Patient/_search", form, b"gender=male")[0] == 200
    # A chunked form has no length: what it asks must not be overlooked
    assert ask("POST", "/fhir/Patient/_search", form, iter([b"favourite-", b"color=teal"]))[0] == 400
    assert ask("DELETE", "/fhir/Patient/1", allowed)[0] == 405
    assert ask("GET", "/fhir/Patient/%00%ff", allowed)[0] == 404
    assert ask("GET", "/fhir", allowed)[0] == 404
    assert ask("GET", "/fhir/Patient", {**allowed, "Host": "evil.example"})[0] == 400
    # An answered question is in the log, although the server is killed at once
    asked = json.loads(ask("GET", "/fhir/AuditEvent?_count=0", allowed)[1])["total"]
    live_home.kill()
    http_.close()
    live_home.serve(http_.port)
    assert json.loads(ask("GET", "/fhir/AuditEvent?_count=0", allowed)[1])["total"] == asked + 1


def test_a_removed_system_is_out(connection: Opened, live_home: Clinic) -> None:
    http_, allowed = connection
    http_.request("GET", "/fhir/Patient", headers=allowed)
    assert http_.getresponse().read()
    live_home.liaison("client", "remove", "warehouse")
    time.sleep(1.1)
    http_.request("GET", "/fhir/Patient", headers=allowed)
    assert http_.getresponse().status == 401
