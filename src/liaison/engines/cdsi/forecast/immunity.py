"""Section 7.2, determine evidence of immunity."""

from liaison.engines.cdsi.patient import History
from liaison.engines.cdsi.schedule import Antigen


def is_immune(antigen: Antigen, history: History) -> bool:
    """Table 7-3: does the patient have evidence of immunity? An unknown country is not the immunity country."""
    if not antigen.immune_by.isdisjoint(history.observations):
        return True
    return bool(antigen.immune_by_birth) and any(
        history.born < birth.before
        and birth.exclusions.isdisjoint(history.observations)
        and birth.country in ("", history.country)
        for birth in antigen.immune_by_birth
    )
