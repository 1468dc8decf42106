"""The release of the CDC's code tables that is in force in this home: the packaged one until another is loaded."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from liaison.engines.vaccines import Facts, facts
from liaison.engines.vaccines.file import pack, read
from liaison.engines.vaccines.tables import BrokenTables, read_tables
from liaison.kernel import clock
from liaison.kernel.errors import Invalid

NAME = "vaccine-codes.json.gz"


def path_in_force() -> Path:
    """Where a loaded release stands; while there is no such file, the packaged release is in force."""
    found: Path = settings.HOME / NAME
    return found


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was put in force, and what it changes: one sentence for each vaccine or package that differs."""

    facts: Facts
    path: Path
    changes: tuple[str, ...]


def load(folder: Path, out: Path | None = None) -> Loaded:
    """Put the tables in `folder` in force, or only write them to `out`. Raises Invalid with every fault found."""
    try:
        packed = pack(read_tables(folder))
    except BrokenTables as broken:
        told = "\n".join(broken.faults)
        raise Invalid("broken-tables", f"{told}\nThe tables have faults; nothing was put in force.") from None
    before, after = facts(), read(packed)
    path = out or path_in_force()
    beside = path.with_name(path.name + ".new")
    beside.write_bytes(packed)
    beside.replace(path)
    return Loaded(after, path, tuple(_changes(before, after)))


def _changes(before: Facts, after: Facts) -> list[str]:
    told = []
    for cvx, new in after.vaccines.items():
        old = before.vaccines.get(cvx)
        if old is None:
            told.append(f"CVX {cvx} is new: {new.short}")
        elif old.status != new.status:
            told.append(f"CVX {cvx} {new.short}: {old.status} before, {new.status} now")
    told += [f"CVX {cvx} {old.short} is gone" for cvx, old in before.vaccines.items() if cvx not in after.vaccines]
    packages = {each.ndc11: each for each in before.products}
    told += [f"NDC {each.ndc} is new: {each.name}" for each in after.products if each.ndc11 not in packages]
    for cvx in after.vaccines:
        editions = {each.encoded for each in before.vis(cvx)}
        told += [
            f"CVX {cvx}: {each.title}, edition {clock.told(each.edition)}"
            for each in after.vis(cvx)
            if each.encoded not in editions
        ]
    return told
