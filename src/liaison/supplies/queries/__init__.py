"""What may be asked of supplies."""

from liaison.supplies.queries.usable import open_vial, stock_at, why_not

__all__ = ["open_vial", "stock_at", "why_not"]
