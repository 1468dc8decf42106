"""`liaison immunize load-codes`: the CDC's code tables put in force in this home."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django.fixtures import Settings

from liaison.engines.vaccines import facts, read_from
from liaison.engines.vaccines.file import read
from liaison.immunize import codes
from liaison.kernel.errors import Invalid

CODES = "data/cdsi/codes"


def run(*args: object) -> str:
    out = io.StringIO()
    call_command("immunize", "load-codes", *map(str, args), stdout=out)
    return out.getvalue()


def test_a_release_is_in_force_from_then_on(shared: Callable[[str], Path], tmp_path: Path, settings: Settings) -> None:
    settings.HOME = tmp_path
    for table in shared(CODES).glob("*.csv"):
        text = table.read_text("utf-8")
        (tmp_path / table.name).write_text(text.replace("03,MMR,", "03,MMR II,", 1) if table.stem == "cvx" else text)
    with (tmp_path / "cvx.csv").open("a") as file:
        file.write("990,A new one,a vaccine of next year,,Active,2026-02-03\n")
    read_from(codes.path_in_force())
    try:
        told = run(tmp_path)
        assert "CVX 990 is new: A new one" in told
        assert "Code tables of 2026-02-03: 289 vaccines" in told
        assert facts().vaccines["990"].active
        assert facts().vaccines["03"].short == "MMR II"
    finally:
        read_from(None)
    assert facts().vaccine("990") is None


def test_only_written_when_asked_for(shared: Callable[[str], Path], tmp_path: Path) -> None:
    told = run(shared(CODES), "--out", tmp_path / "codes.gz")

    assert "Nothing differs." in told
    assert read((tmp_path / "codes.gz").read_bytes()) == facts()


def test_tables_with_faults_put_nothing_in_force(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"cvx\.csv: cannot be read"):
        codes.load(tmp_path, tmp_path / "out.gz")
    assert not (tmp_path / "out.gz").exists()
