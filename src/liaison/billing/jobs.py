"""What billing does by itself; the timers are set where the jobs are."""

from liaison.billing import books_jobs, claims_jobs, coding_jobs, coverage_jobs

__all__ = ["books_jobs", "claims_jobs", "coding_jobs", "coverage_jobs"]
