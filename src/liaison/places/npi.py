"""The National Provider Identifier of who works here, or is named."""

from liaison.engines.x12 import is_npi
from liaison.kernel.errors import Invalid


def check_npi(npi: str) -> None:
    """Raises Invalid unless empty or an NPI."""
    if npi and not is_npi(npi):
        raise Invalid("bad-npi", "That is no NPI: it has ten digits, the last of which checks the others.", "npi")
