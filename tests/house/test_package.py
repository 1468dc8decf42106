"""`pip install .` brings everything that a clinic runs on."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.environment import REPOSITORY

_PACKAGES = ("liaison", "sandbox_payer")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(REPOSITORY)],
        check=True,
        capture_output=True,
    )
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def test_the_wheel_carries_every_file_of_both_packages(wheel: zipfile.ZipFile) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "src"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    expected = {str(Path(path).relative_to("src")) for path in listed if path and (REPOSITORY / path).exists()}
    assert {name.split("/")[0] for name in expected} <= set(_PACKAGES)
    assert expected - set(wheel.namelist()) == set()


def test_the_wheel_brings_the_command_and_the_license(wheel: zipfile.ZipFile) -> None:
    folder = next(name.split("/")[0] for name in wheel.namelist() if ".dist-info/" in name)
    assert "liaison = liaison.cli:main" in wheel.read(f"{folder}/entry_points.txt").decode()
    assert {f"{folder}/licenses/LICENSE", f"{folder}/licenses/NOTICE"} <= set(wheel.namelist())


def test_every_runtime_dependency_is_pinned_with_its_hashes() -> None:
    pins = (REPOSITORY / "requirements" / "run.txt").read_text().split("\n\n")[0]
    blocks = [block for block in pins.replace("\\\n", " ").split("\n") if block and block[0] not in "# "]
    assert blocks
    assert [block for block in blocks if "==" not in block or "--hash=sha256:" not in block] == []
