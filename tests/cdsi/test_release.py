"""A release of the supporting data becomes a schedule file; what is broken in it is told, and nothing half loaded."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from liaison.engines.cdsi import NotASchedule, default_schedule
from liaison.engines.cdsi.release import LARGEST, BrokenRelease, read_release
from liaison.engines.cdsi.schedule_file import FORMAT, pack, packaged, read

pytestmark = pytest.mark.engine

SUPPORTING = "data/cdsi/supporting"


@pytest.fixture
def release(shared: Callable[[str], Path], tmp_path: Path) -> Path:
    """A release of our own to break: three antigens' files and the schedule file that names no others."""
    whole = shared(SUPPORTING)
    for antigen in ("Measles", "Mumps", "Rubella"):
        shutil.copy(whole / f"AntigenSupportingData- {antigen}-508.xml", tmp_path)
    (tmp_path / "ScheduleSupportingData.xml").write_text(
        """<scheduleSupportingData><liveVirusConflicts/><vaccineGroups/>
        <vaccineGroupToAntigenMap><vaccineGroupMap><name>MMR</name><antigen>Measles</antigen><antigen>Mumps</antigen>
        <antigen>Rubella</antigen></vaccineGroupMap></vaccineGroupToAntigenMap>
        <cvxToAntigenMap><cvxMap><cvx>3</cvx><shortDescription>MMR</shortDescription>
        <association><antigen>Measles</antigen></association></cvxMap></cvxToAntigenMap><observations/>
        </scheduleSupportingData>""",
        "utf-8",
    )
    return tmp_path


def faults(folder: Path) -> list[str]:
    with pytest.raises(BrokenRelease) as broken:
        read_release(folder, "test")
    return broken.value.faults


def test_the_packaged_schedule_is_the_release_it_names(shared: Callable[[str], Path]) -> None:
    packaged = default_schedule()
    made = read(pack(read_release(shared(SUPPORTING), packaged.version)))

    assert made == packaged
    assert packaged.version == "4.64"
    assert "CDC" in packaged.source
    assert len(packaged.antigens) == 30
    assert sum(len(antigen.series) for antigen in packaged.antigens.values()) == 143
    assert sum(len(s.doses) for antigen in packaged.antigens.values() for s in antigen.series) == 484
    assert packaged.coded["SNOMED", "370388006"] == ("003",)
    assert (len(packaged.groups), len(packaged.vaccines), len(packaged.observations)) == (26, 218, 277)


def test_the_same_release_gives_the_same_bytes(release: Path) -> None:
    assert pack(read_release(release, "1.0")) == pack(read_release(release, "1.0"))


def test_codes_are_written_with_two_digits_at_least(release: Path) -> None:
    assert "03" in read(pack(read_release(release, "1.0"))).vaccines


def test_broken_xml_is_told_with_its_file_and_the_other_faults_too(release: Path) -> None:
    (release / "AntigenSupportingData- Mumps-508.xml").write_text("<antigenSupportingData><series>", "utf-8")
    measles = release / "AntigenSupportingData- Measles-508.xml"
    measles.write_text(
        measles.read_text("utf-8").replace("<minAge>12 months</minAge>", "<minAge>a year</minAge>", 1), "utf-8"
    )

    found = faults(release)

    assert any("Mumps-508.xml: the file cannot be read" in fault for fault in found)
    assert any("Measles 2-dose series, Dose 1: 'a year' is no duration (minAge)" in fault for fault in found)
    assert any("names the antigen Mumps, which has no file" in fault for fault in found)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("<seriesType>Standard<", "<seriesType>Elective<", "'Elective' is no series type"),
        ("<conditionType>Age<", "<conditionType>Weather<", "'Weather' is no conditional skip condition"),
        ("<context>Both<", "<context>Never<", "'Never' is no context of a conditional skip"),
        ("<doseNumber>Dose 1<", "<doseNumber>First<", "'First' is no dose number"),
        ("<immunityBirthDate>01/01/1957<", "<immunityBirthDate>1957<", "'1957' is no immunityBirthDate"),
    ],
)
def test_a_word_that_is_not_known_is_told(release: Path, old: str, new: str, words: str) -> None:
    measles = release / "AntigenSupportingData- Measles-508.xml"
    text = measles.read_text("utf-8")
    assert old in text
    measles.write_text(text.replace(old, new, 1), "utf-8")

    assert any(words in fault for fault in faults(release))


def test_a_folder_that_is_no_release_is_refused(tmp_path: Path) -> None:
    assert "has no ScheduleSupportingData.xml" in faults(tmp_path)[0]


@pytest.mark.parametrize("packed", [b"", b"not gzip", pack({"source": "", "version": ""})[:20]])
def test_what_is_no_schedule_file_is_refused(packed: bytes) -> None:
    with pytest.raises(NotASchedule, match="not a schedule file"):
        read(packed)


def test_a_schedule_file_of_another_format_is_refused() -> None:
    with pytest.raises(NotASchedule, match=f"this engine reads {FORMAT}"):
        read(pack({"format": FORMAT + 1}))


ENTITIES = """<!DOCTYPE antigenSupportingData [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<antigenSupportingData>&b;</antigenSupportingData>"""


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (ENTITIES, "declares a document type"),
        ('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "declares a document type"),
        ("", "no element found"),
        ("<antigenSupportingData><series>", "no element found"),
        ("\x00\x01", "cannot be read"),
        ('<?xml version="1.0" encoding="nonsense"?><a/>', "cannot be read"),
    ],
)
def test_a_file_that_is_no_release_s_is_refused_by_name(release: Path, body: str, words: str) -> None:
    path = release / "AntigenSupportingData- Mumps-508.xml"
    path.chmod(0o644)
    path.write_text(body, "utf-8")
    assert [fault for fault in faults(release) if fault.startswith(path.name) and words in fault]


def test_a_file_larger_than_any_release_s_is_not_read(release: Path) -> None:
    path = release / "AntigenSupportingData- Mumps-508.xml"
    path.chmod(0o644)
    path.write_bytes(b" " * (LARGEST + 1))
    assert f"{path.name}: the file is larger than 20 MB; a release's are not" in faults(release)


@pytest.mark.parametrize(
    ("gone", "words"),
    [
        ("selectSeries", "the series has no selectSeries"),
        ("cvx", "'' is no CVX code"),
        ("doseNumber", "is no dose number"),
    ],
)
def test_what_a_series_cannot_do_without_is_told_with_its_place(release: Path, gone: str, words: str) -> None:
    path = release / "AntigenSupportingData- Mumps-508.xml"
    path.chmod(0o644)
    whole = path.read_text("utf-8")
    begin, end = whole.index(f"<{gone}>"), whole.index(f"</{gone}>") + len(f"</{gone}>")
    path.write_text(whole[:begin] + whole[end:], "utf-8")
    found = faults(release)
    assert any(words in fault for fault in found), found
    assert all(fault.startswith(path.name) for fault in found)


@pytest.mark.parametrize("keep", [10, 1000, 30_000])
def test_a_schedule_file_cut_short_or_damaged_is_refused(keep: int) -> None:
    with pytest.raises(NotASchedule):
        read(packaged()[:keep])
    damaged = bytearray(packaged())
    damaged[keep] ^= 0xFF
    with pytest.raises(NotASchedule):
        read(bytes(damaged))


def test_a_schedule_file_that_lacks_a_table_is_refused() -> None:
    with pytest.raises(NotASchedule, match="damaged"):
        read(pack({"source": "x", "version": "1", "vaccine_lists": []}))
