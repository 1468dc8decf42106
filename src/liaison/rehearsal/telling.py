"""How a long command tells how far it is: a bar on a terminal, sentences elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


def _silent(done: int, total: int) -> None:
    """Nobody looks."""


@dataclass(frozen=True)
class Telling:
    """`say` a sentence; `step(done, of)` moves the bar."""

    say: Callable[[str], None]
    step: Callable[[int, int], None] = _silent


@contextmanager
def telling(title: str, write: Callable[[str], None], *, terminal: bool) -> Iterator[Telling]:
    """A bar on a terminal, else only sentences, by `write`."""
    if not terminal:
        yield Telling(write)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    with Progress(TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield Telling(bar.console.print, lambda done, total: bar.update(task, completed=done, total=total))
