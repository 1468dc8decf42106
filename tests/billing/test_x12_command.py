"""`liaison x12`: what somebody at a shell is told of a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from liaison.engines.x12 import InterchangeAcknowledgment, read_835, write_835, write_ta1
from tests.x12.samples import envelope, remittance

ADVICE = write_835([remittance(), remittance()], envelope())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "advice.835"
    path.write_bytes(ADVICE)
    return path


def test_a_file_is_told_by_names(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("x12", "read", str(file))
    said = capsys.readouterr().out
    assert "835 005010X221A1, control 0001, from SUNCO to MAPLE01" in said
    assert "    2100 claim payment\n      CLP control C1001, status 1, charge 150, paid 80, patient share 30" in said


def test_as_json_each_transaction_is_a_line(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("x12", "read", str(file), "--json")
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (first["set"], first["control"], second["control"]) == ("835", "0001", "0002")
    payer = next(item for item in first["content"] if item.get("loop") == "1000A")
    assert payer["name"] == "payer"
    assert payer["content"][0]["elements"] == {"entity": "PR", "name": "Sunrise Health Plan"}


def test_an_acknowledged_interchange_is_told_as_well(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = InterchangeAcknowledgment("000000005", envelope().created, "R", "024")
    file.write_bytes(write_ta1(answer, envelope()) + ADVICE)
    call_command("x12", "read", str(file), "--json")
    first, second, _ = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (first["set"], first["control"], second["set"]) == ("TA1", "000000005", "835")
    (segment,) = first["content"]
    assert (segment["number"], segment["elements"]["code"], segment["elements"]["note"]) == (2, "R", "024")


def test_what_is_wrong_is_told_a_line_each_and_by_the_exit_status(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("x12", "check", str(file))
    assert capsys.readouterr().out == ""
    file.write_bytes(ADVICE.replace(b"CAS*CO*", b"CAS*XX*", 1).replace(b"GE*2*", b"GE*3*"))
    with pytest.raises(SystemExit) as ended:
        call_command("x12", "check", str(file))
    assert ended.value.code == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.rpartition("[")[2] for line in lines] == ["code]", "ge-count]"]
    assert lines[0].startswith("segment 25, loop 2110, CAS01: ")


def test_a_broken_file_is_refused_or_read_anyway(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_bytes(ADVICE.replace(b"SE*", b"SE*9", 1))
    with pytest.raises(CommandError, match="SE01"):
        call_command("x12", "read", str(file), "--json")
    (line,) = capsys.readouterr().out.splitlines()
    assert "se-count" in json.loads(line)["error"]
    call_command("x12", "read", str(file), "--json", "--anyway")
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_a_transaction_without_a_description_is_mentioned(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_bytes(ADVICE.replace(b"005010X221A1", b"005010X299A1"))
    call_command("x12", "check", str(file))
    assert "only its envelope is checked" in capsys.readouterr().err


def test_a_file_is_taken_apart(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("x12", "split", str(file), "--out", str(tmp_path / "parts"))
    parts = [Path(line) for line in capsys.readouterr().out.splitlines()]
    assert [part.name for part in parts] == ["advice-0001-835.x12", "advice-0002-835.x12"]
    assert [read_835(part.read_bytes()) for part in parts] == [[remittance()], [remittance()]]
    with pytest.raises(CommandError, match="exists already"):
        call_command("x12", "split", str(file), "--out", str(tmp_path / "parts"))


def test_of_half_a_file_the_whole_parts_are_kept_alone(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_bytes(ADVICE[: ADVICE.rindex(b"SVC*") + 6])
    with pytest.raises(SystemExit) as ended:
        call_command("x12", "split", str(file), "--out", str(tmp_path / "parts"))
    assert ended.value.code == 1
    said = capsys.readouterr()
    assert said.err.endswith("[unterminated]\n")
    (part,) = (tmp_path / "parts").iterdir()
    assert said.out.splitlines() == [str(part)]
    assert read_835(part.read_bytes()) == [remittance()]


def test_a_file_that_is_not_there_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("x12", "check", str(tmp_path / "none"))


def test_the_same_notice_is_told_three_times_and_counted(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = write_835([remittance()] * 5, envelope())
    npi = read_835(good)[0].payee.id.encode()
    count = good.count(npi)
    file.write_bytes(good.replace(npi, npi[:-1] + b"0"))
    call_command("x12", "check", str(file))
    said = capsys.readouterr()
    assert (said.out, said.err.count("no NPI")) == ("", 3)
    assert f"{count - 3} more of [npi]" in said.err
    with pytest.raises(SystemExit):
        call_command("x12", "check", str(file), "--strict")
    assert capsys.readouterr().out.count("no NPI") == count
