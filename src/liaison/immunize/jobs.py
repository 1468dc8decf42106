"""Work in the background: the needs of all patients renewed each day, and after a new release."""

from django_tasks.base import task

from liaison.immunize import forecasts, population
from liaison.record.jobs import every


@task()
def renew_needs() -> int:
    """Renew the needs of patients that were worked out on another day, a part at a time."""
    return forecasts.refresh_stale()


every(60, renew_needs)


@task()
def count_population() -> int:
    """Count the population's vaccines again, for coverage, recall and what is needed."""
    return population.renew()


every(600, count_population)
