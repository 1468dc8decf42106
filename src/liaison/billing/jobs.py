"""What billing does by itself: claims out, answers in."""

from django.conf import settings
from django_tasks.base import task

from liaison.billing import books_jobs, coverage_jobs  # noqa: F401  # their timers are set by being imported
from liaison.billing.actions import batch
from liaison.record.actor import machine
from liaison.record.jobs import every


@task()
def exchange_with_payers() -> int:
    """Put ready claims into files, send what waits, take in the answers. Gives how many files came and went."""
    if not settings.CLAIMS_URL:
        return 0
    # Here, for the HTTP client is slow to import, and most commands do without
    from liaison.billing.exchange import fetch_answers, send_waiting

    batch(machine("exchange"))
    return send_waiting(settings.CLAIMS_URL) + fetch_answers(settings.CLAIMS_URL)


every(15, exchange_with_payers)
