"""On which line of a TOML file a value stands: `tomllib` keeps no places."""

import re

Path = tuple[str | int, ...]
_HEAD = re.compile(r"^\s*(\[\[?)\s*([\w.\- \"']+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"^\s*([\w\-\"']+(?:\s*\.\s*[\w\-\"']+)*)\s*=")


class Lines:
    """`line(("staff", 2, "role"))`: where that stands, or what it stands in; 1 for what is nowhere."""

    def __init__(self, text: str) -> None:
        self._at: dict[Path, int] = {}
        self._tables: dict[Path, int] = {}
        here: Path = ()
        for number, line in enumerate(text.splitlines(), 1):
            head, key = _HEAD.match(line), _KEY.match(line)
            if head:
                here = self._open(_parts(head[2]), several=head[1] == "[[")
                self._at.setdefault(here, number)
            elif key:
                path = here
                for part in _parts(key[1]):
                    path = (*path, part)
                    self._at.setdefault(path, number)

    def _open(self, parts: list[str], *, several: bool) -> Path:
        path: Path = ()
        for place, part in enumerate(parts):
            path = (*path, part)
            if several and place == len(parts) - 1:
                self._tables[path] = self._tables.get(path, -1) + 1
            if path in self._tables:
                path = (*path, self._tables[path])
        return path

    def line(self, path: Path) -> int:
        """The line of a value by its keys and positions."""
        while path and path not in self._at:
            path = path[:-1]
        return self._at.get(path, 1)


def _parts(name: str) -> list[str]:
    return [part.strip().strip("\"'") for part in name.split(".")]
