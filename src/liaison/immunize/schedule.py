"""The release of the schedule that is in force in this home: the packaged one until another is loaded."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from liaison.engines.cdsi import NotASchedule, Schedule, default_schedule
from liaison.engines.cdsi.schedule_file import packaged, read
from liaison.kernel.errors import Invalid

NAME = "immunization-schedule.json.gz"


def path_in_force() -> Path:
    """Where a loaded release stands; while there is no such file, the packaged release is in force."""
    found: Path = settings.HOME / NAME
    return found


def in_force() -> Schedule:
    """The schedule by which this home evaluates and forecasts."""
    path = path_in_force()
    return load(path) if path.exists() else default_schedule()


def packed_in_force() -> bytes:
    """The bytes of the schedule file in force, for a process of its own to read."""
    path = path_in_force()
    return path.read_bytes() if path.exists() else packaged()


def groups_by_antigen() -> dict[str, str]:
    """The vaccine group of each antigen, by the schedule in force."""
    return {antigen: group.name for group in in_force().groups for antigen in group.antigens}


def seasons_over(on: date) -> dict[str, date]:
    """The vaccine groups whose last season in the schedule in force is over by a day, with that season's last day.

    Of the season that follows the schedule knows nothing: neither that nothing is due, nor that all is complete.
    """
    used, today = in_force(), on.toordinal()
    found = {}
    for group in used.groups:
        ends = [
            dose.season_end
            for antigen in group.antigens
            for series in used.antigens[antigen].series
            for dose in series.doses
            if dose.season_end is not None
        ]
        if ends and max(ends) < today:
            found[group.name] = date.fromordinal(max(ends))
    return found


def load(path: Path) -> Schedule:
    """The schedule of a file, read again only when the file has changed."""
    try:
        return _read(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise Invalid("unreadable", f"The schedule file {path} cannot be read: {error.strerror}.") from None
    except NotASchedule as reason:
        raise Invalid("not-a-schedule", f"{path}: {reason}") from None


@lru_cache(maxsize=4)
def _read(path: Path, changed: int) -> Schedule:
    return read(path.read_bytes())


@dataclass(frozen=True, slots=True)
class Changes:
    """What a release changes, by the names of antigen series: those added, removed, and different."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    different: tuple[str, ...]


def changes(old: Schedule, new: Schedule) -> Changes:
    """The antigen series in which two releases differ."""
    before = {(name, s.name): s for name, antigen in old.antigens.items() for s in antigen.series}
    after = {(name, s.name): s for name, antigen in new.antigens.items() for s in antigen.series}
    return Changes(
        added=tuple(f"{name}: {series}" for name, series in after.keys() - before.keys()),
        removed=tuple(f"{name}: {series}" for name, series in before.keys() - after.keys()),
        different=tuple(f"{k[0]}: {k[1]}" for k in after if k in before and after[k] != before[k]),
    )
