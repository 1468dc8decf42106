"""The order of an import: what is nobody's and the patients first, then what is theirs, however the files come."""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from pathlib import Path

from liaison.interop.importing import files
from liaison.interop.importing.batch import Batches
from liaison.interop.importing.earlier import CAPABILITY
from liaison.interop.importing.incoming import Incoming, opened
from liaison.interop.importing.readers import RANK, READERS
from liaison.interop.importing.report import Report
from liaison.record.actor import Actor

BATCH = 2000  # resources in one transaction
Progress = Callable[[int, int], None]  # bytes done, bytes in all
# NDJSON comes in files of one kind each and in any order. These kinds refer to nothing that is stored ...
_FREE = frozenset({"Organization", "Practitioner", "Patient"})
# ... these few only to those, the next two to those again, and the rest to all of them.
_HELD = ("Location", "PractitionerRole")
_SECOND = frozenset({"Coverage", "Encounter"})
_LAST = frozenset(READERS) - _FREE - _SECOND - frozenset(_HELD)


def import_paths(actor: Actor, paths: Sequence[Path | str], progress: Progress | None = None) -> Report:
    """Import files and folders. Raises Forbidden, and NotFound for a path that is not there."""
    actor.require(CAPABILITY)
    report = Report()
    _Work(Batches(actor, report), progress).read(files.found(paths))
    return report


def import_bundles(actor: Actor, bundles: Iterable[object], *, practice_npi: str = "") -> Report:
    """Import bundles (or single resources) that were parsed or made in memory; each holds what it refers to.

    `practice_npi` is the practice's, where it is not set up yet: encounters with it as service provider were here.
    """
    actor.require(CAPABILITY)
    report = Report()
    work = _Work(Batches(actor, report, practice_npi=practice_npi), None)
    for bundle in bundles:
        work.add(opened(bundle, "memory"))
    work.flush()
    return report


def import_items(actor: Actor, items: Sequence[Incoming], *, keeping: bool = True) -> Report:
    """Import single items, such as mended input; `keeping` says whether what is refused goes to the intake (again)."""
    actor.require(CAPABILITY)
    report = Report()
    Batches(actor, report, keeping=keeping).take(sorted(items, key=lambda item: RANK.get(item.type, -1)))
    return report


class _Work:
    """Fills batches, in an order in which what is referred to is here before what refers to it."""

    def __init__(self, batches: Batches, progress: Progress | None) -> None:
        self._batches, self._progress = batches, progress
        self._full: list[Incoming] = []
        self._done, self._total = 0, 1

    def add(self, items: Iterable[Incoming]) -> None:
        """Put items into the batch that is filled now; a document is never split over two."""
        self._full += items
        if len(self._full) >= BATCH:
            self.flush()

    def flush(self) -> None:
        self._batches.take(self._full)
        self._full = []

    def read(self, paths: Sequence[Path]) -> None:
        """Take in files: what refers to nothing, then places and roles, then whole patients, then what comes alone."""
        self._total = max(1, sum(path.stat().st_size for path in paths))
        whole, second, last = [], [], []
        held: dict[str, list[Incoming]] = {name: [] for name in _HELD}
        for path in paths:
            if files.is_patient_bundle(path):
                whole.append(path)
                continue
            kinds = self._first(path, held)
            if kinds & _SECOND:
                second.append(path)
            if kinds & _LAST:
                last.append(path)
            if not kinds:
                self._advance(path)
        self.flush()
        for name in _HELD:
            self._some(held[name])
        for path in whole:
            self.add(files.resources(path))
            self._advance(path)
        self.flush()
        for some, kinds, ends in ((second, _SECOND, set(second) - set(last)), (last, _LAST, set(last))):
            for path in some:
                self._some(item for item in files.resources(path) if item.type in kinds and not item.problem)
                if path in ends:
                    self._advance(path)
            self.flush()

    def _first(self, path: Path, held: dict[str, list[Incoming]]) -> frozenset[str]:
        """Take in of a file what can be at once; gives the kinds that wait for a later round."""
        kinds: set[str] = set()
        now = []
        for item in files.resources(path):
            if item.type in _HELD and not item.problem:
                held[item.type].append(item)
            elif item.type in _SECOND | _LAST and not item.problem:
                kinds.add(item.type)
                self._batches.references.note(item)
            else:
                now.append(item)
        self._some(now)
        return frozenset(kinds)

    def _some(self, items: Iterable[Incoming]) -> None:
        """Put single items into batches of a bearable size."""
        rest = iter(items)
        while part := list(islice(rest, BATCH - len(self._full))):
            self.add(part)

    def _advance(self, path: Path) -> None:
        self._done += path.stat().st_size
        if self._progress:
            self._progress(min(self._done, self._total), self._total)
