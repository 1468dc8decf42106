"""What billing does by itself; the timers are set where the jobs are."""

from liaison.billing.jobs import books, claims, coding, coverage, denials

__all__ = ["books", "claims", "coding", "coverage", "denials"]
