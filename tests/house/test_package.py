"""`pip install .` brings everything that a clinic runs on."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.support.environment import REPOSITORY

_PACKAGES = ("liaison", "sandbox_kit", "sandbox_payer", "sandbox_registry")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(REPOSITORY)],
        check=True,
        capture_output=True,
    )
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def test_the_wheel_carries_every_file_of_its_packages(wheel: zipfile.ZipFile) -> None:
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


@pytest.mark.processes
def test_the_wheel_alone_sets_the_demo_up_outside_a_checkout(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    """In an environment of its own; what Liaison runs on is lent by the tests' environment, Liaison itself is not."""
    venv.create(tmp_path / "venv", symlinks=True)
    python = tmp_path / "venv" / "bin" / "python"
    site = Path(sysconfig.get_path("purelib", vars={"base": str(tmp_path / "venv")}))
    wheel.extractall(site)
    lent = Path(sysconfig.get_path("purelib"))
    # Plain entries of a .pth are added without reading the folder's own .pth files, which name the checkout
    (site / "lent.pth").write_text(f"{lent}\n")
    home = tmp_path / "home"
    env = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "XDG_DATA_HOME": str(home)}
    if bytecode := os.environ.get("PYTHONPYCACHEPREFIX"):
        env["PYTHONPYCACHEPREFIX"] = bytecode
    where = "import liaison, sandbox_payer; print(liaison.__file__, sandbox_payer.__file__)"

    found = subprocess.run([python, "-c", where], env=env, cwd=tmp_path, capture_output=True, text=True, check=True)
    done = subprocess.run(
        [python, "-m", "liaison", "demo", "--set-up-only"], env=env, cwd=tmp_path, capture_output=True, text=True
    )

    assert str(REPOSITORY) not in found.stdout
    assert done.returncode == 0, done.stderr
    assert "records of people" in done.stdout
    assert list(home.rglob("liaison.sqlite3")) or list(tmp_path.rglob("liaison.sqlite3"))


@pytest.mark.parametrize("ending", [".html", ".css", ".js", ".json", ".typ", ".gz"])
def test_the_wheel_has_what_is_not_python(wheel: zipfile.ZipFile, ending: str) -> None:
    on_disk = {
        str(path.relative_to(REPOSITORY / "src")) for path in (REPOSITORY / "src").rglob(f"*{ending}") if path.is_file()
    }
    assert on_disk
    assert on_disk <= set(wheel.namelist())
