"""`liaison hl7`: any file is read or checked, in one line where it cannot be."""

import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from liaison.engines import hl7v2
from tests.hl7v2.samples import UPDATE

pytestmark = pytest.mark.engine


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "update.hl7"
    path.write_bytes(hl7v2.write_vxu(UPDATE))
    return path


def test_a_message_is_read(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("hl7", "read", str(file), "--json")
    told = json.loads(capsys.readouterr().out)
    assert (told["type"], told["profile"], [dose["cvx"] for dose in told["doses"]]) == (
        "VXU^V04",
        "Z22",
        ["20", "08", "10"],
    )
    assert told["doses"][0]["given_on"] == "2026-11-22"
    call_command("hl7", "read", str(file))
    assert "birth date: 2024-02-29" in capsys.readouterr().out


def test_a_good_message_has_no_problems_and_a_bad_one_each_in_a_line(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("hl7", "check", str(file))
    assert capsys.readouterr().out == ""
    file.write_bytes(file.read_bytes().replace(b"|20240229|F|", b"|20240230|Q|").replace(b"20^DTaP", b"777^DTaP"))
    with pytest.raises(SystemExit) as ended:
        call_command("hl7", "check", str(file))
    assert ended.value.code == 1
    assert [line.split(":")[1].strip() for line in capsys.readouterr().out.splitlines()] == [
        "PID-7 (birth date)",
        "PID-8.1 (sex)",
        "RXA-5.1 (vaccine)",
    ]


def test_what_is_no_message_is_one_line(tmp_path: Path) -> None:
    other = tmp_path / "letter.txt"
    other.write_text("Dear registry")
    with pytest.raises(CommandError, match="begins with MSH"):
        call_command("hl7", "read", str(other))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("hl7", "read", str(tmp_path / "nowhere"))
