"""What an import did, counted."""

from collections import Counter
from dataclasses import dataclass, field

_SHOWN = 6


@dataclass
class Report:
    """Every resource that was seen is stored (new or changed), already here, or kept in the intake with a reason."""

    stored: int = 0
    already: int = 0
    kept: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    def keep(self, reason: str) -> None:
        self.kept += 1
        self.reasons[reason] += 1

    @property
    def seen(self) -> int:
        return self.stored + self.already + self.kept

    def line(self) -> str:
        """The last line of an import."""
        counts = f"{self.stored} stored, {self.already} already here, {self.kept} kept for review"
        if not self.kept:
            return counts
        most = [f"{count} × {reason}" for reason, count in self.reasons.most_common(_SHOWN)]
        others = self.kept - sum(count for _, count in self.reasons.most_common(_SHOWN))
        if others:
            most.append(f"{others} for other reasons")
        return f"{counts} (reasons: {'; '.join(most)})"
