"""What claims do by themselves: out in files, answers in, and payers asked about what they have not answered."""

from django.conf import settings
from django_tasks.base import task

from liaison.billing.actions import batch
from liaison.kernel import clock
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
    return send_waiting() + fetch_answers()


@task()
def ask_about_claims() -> int:
    """Ask where claims stand that a payer has not answered for too long. Gives how many were asked about."""
    if not settings.REALTIME_URL:
        return 0
    from liaison.billing.actions.status import ask_unanswered

    return ask_unanswered(machine("exchange"), clock.now())


every(15, exchange_with_payers)
every(600, ask_about_claims)
