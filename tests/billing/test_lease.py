"""One process at a time works over a line, whatever machine it runs on."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models.functions import Now

from liaison.billing.exchange.lease import Lease, held
from liaison.billing.exchange.line import Unreachable
from liaison.billing.models import LineLease
from tests.billing.test_lines import SET_UP, Folders
from tests.support.clinic import Clinic

# Takes the line, says so, and works over it until it is told to go on
WORK = """
import sys, django; django.setup()
from liaison.billing import exchange
from liaison.billing.exchange import configured
from liaison.billing.exchange.folder import FolderLine
class Slow(FolderLine):
    def commit(self, file):
        print("at it", flush=True)
        sys.stdin.readline()
        super().commit(file)
if sys.argv[2] == "slow":
    configured.FolderLine = Slow
print(exchange.send_waiting(sys.argv[1]), flush=True)
"""


@contextmanager
def another(home: Clinic, *words: str) -> Iterator[subprocess.Popen[str]]:
    """Another process of the practice, that sends what waits."""
    env = home.env | {"PYTHONPATH": str(Path(__file__).parents[2])}
    process = subprocess.Popen(
        [sys.executable, "-c", WORK, *words], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def answer_of(home: Clinic, address: str) -> str:
    with another(home, address, "quick") as process:
        return process.communicate()[0].strip()


@pytest.mark.processes
def test_of_two_processes_one_works_and_one_that_dies_holds_nobody_up(live_home: Clinic, tmp_path: Path) -> None:
    env = live_home.env | {"PYTHONPATH": str(Path(__file__).parents[2])}
    assert subprocess.run([sys.executable, "-c", SET_UP], env=env).returncode == 0
    there = Folders(tmp_path / "f")
    with another(live_home, there.address, "slow") as first:
        assert first.stdout is not None
        assert first.stdin is not None
        assert first.stdout.readline().strip() == "at it"
        assert (answer_of(live_home, there.address), there.sent()) == ("0", [])
        first.kill()
        first.wait()
        with another(live_home, there.address, "slow") as second:
            assert second.stdout is not None
            assert second.stdin is not None
            assert second.stdout.readline().strip() == "at it"
            assert answer_of(live_home, there.address) == "0"
            second.stdin.write("\n")
            second.stdin.flush()
            assert second.stdout.readline().strip() == "1"
    assert len(there.sent()) == 1
    assert answer_of(live_home, there.address) == "0"


@pytest.mark.django_db
def test_another_machines_lease_is_waited_for_until_it_runs_out() -> None:
    LineLease.objects.create(line="sftp:there", holder="elsewhere:1:abcd/1", until=Now() + timedelta(minutes=5))
    with held("sftp:there") as lease:
        assert lease is None
    with held("sftp:other") as lease:
        assert lease is not None
    LineLease.objects.filter(line="sftp:there").update(until=Now() - timedelta(seconds=1))
    with held("sftp:there") as lease:
        assert lease is not None
        lease.renew()
        assert not Lease("sftp:there").take()
    assert LineLease.objects.get(line="sftp:there").holder == ""


@pytest.mark.django_db
def test_who_has_lost_a_lease_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("liaison.billing.exchange.lease.RENEWED_AFTER", timedelta(0))
    with held("sftp:there") as lease:
        assert lease is not None
        LineLease.objects.update(holder="elsewhere:1:abcd/1")
        with pytest.raises(Unreachable, match="Another process"):
            lease.renew()
    assert LineLease.objects.get().holder == "elsewhere:1:abcd/1"
