"""The one error of the engine."""

from __future__ import annotations


class Hl7Error(ValueError):
    """A fault in an HL7 v2 message or in what should become one, told so that a person can act on it.

    `rule` is a stable short name ("field-missing", "date"); `segment`, `sequence` (which one of its kind, from 1),
    `field` and `component` say where, as ERR-2 does; `severity` is E or W. The text never repeats what the message says
    about a person.
    """

    def __init__(
        self,
        rule: str,
        message: str,
        *,
        segment: str = "",
        sequence: int = 0,
        field: int = 0,
        component: int = 0,
        severity: str = "E",
    ) -> None:
        self.rule = rule
        self.message = message
        self.segment = segment
        self.sequence = sequence
        self.field = field
        self.component = component
        self.severity = severity
        super().__init__(f"{self.place}: {message} [{rule}]" if segment else f"{message} [{rule}]")

    @property
    def place(self) -> str:
        """`RXA-5.1 of the 2nd RXA`, as a person who has the message before them counts."""
        if not self.segment:
            return ""
        where = self.segment
        if self.field:
            where += f"-{self.field}" + (f".{self.component}" if self.component else "")
        return where if self.sequence < 2 else f"{where} of {self.segment} number {self.sequence}"
