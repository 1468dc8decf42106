"""The practice's own CPT words, kept in its home: the AMA's text never comes with the product."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from liaison.engines.codes.cpt import NotCpt, read_cpt
from liaison.engines.codes.words import split
from liaison.kernel.errors import Invalid


def keep(text: str) -> int:
    """Keep the licensed file in place of the one before, and return how many codes it has."""
    try:
        codes = read_cpt(text)
    except NotCpt as problem:
        raise Invalid("file", str(problem))
    path = _path()
    new = path.with_suffix(".new")
    new.write_text("".join(f"{code}\t{words}\n" for code, words in codes.items()), "utf-8")
    new.replace(path)
    return len(codes)


def words_of(code: str) -> str:
    """Return the licensed words of a code, or nothing where the practice has loaded none."""
    return _codes().get(code.strip().upper(), "")


def search(query: str, limit: int) -> list[tuple[str, str]]:
    """Return codes with their words by the beginning of a code or by words, all of which must be there."""
    plain = query.strip().upper()
    wanted = split(query)
    found = (
        (code, words)
        for code, words in _codes().items()
        if code.startswith(plain) or (wanted and all(word in words.lower() for word in wanted))
    )
    return [row for row, _ in zip(found, range(limit), strict=False)]


def _path() -> Path:
    return Path(settings.HOME) / "cpt.tsv"


def _codes() -> dict[str, str]:
    path = _path()
    return _read(path, path.stat().st_mtime_ns) if path.is_file() else {}


@lru_cache(maxsize=1)
def _read(path: Path, changed: int) -> dict[str, str]:
    """Read once for each time the file was written."""
    rows = (line.split("\t", 1) for line in path.read_text("utf-8").splitlines())
    return dict(rows)
