"""What becomes a task, and when it is done by itself because the thing was done elsewhere: by the room that tells."""

from liaison.worklist.reactions import billing, books, charges, coverage, orders, supplies, vaccines, visits

__all__ = ["billing", "books", "charges", "coverage", "orders", "supplies", "vaccines", "visits"]
