"""What may be asked of supplies."""

from liaison.supplies.queries.codes import Scanned, read_code
from liaison.supplies.queries.usable import open_vial, stock_at, why_not

__all__ = ["Scanned", "open_vial", "read_code", "stock_at", "why_not"]
