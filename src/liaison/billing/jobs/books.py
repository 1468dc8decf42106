"""What the books do by themselves: look at payment plans each hour."""

from django_tasks.base import task

from liaison.billing.actions.books.collecting import keep_plan, note_missed
from liaison.billing.books import days
from liaison.billing.models import PaymentPlan
from liaison.billing.queries.statements import standings
from liaison.record.actor import machine
from liaison.record.jobs import every

BOOKS = machine("books")


@task()
def look_at_plans() -> int:
    """End the plans that are paid, tell of instalments that were missed, once each. Gives how many plans."""
    rows = list(PaymentPlan.objects.filter(status=PaymentPlan.Status.ACTIVE))
    told = 0
    for one in standings(rows, days.today()):
        if one.kept:
            keep_plan(BOOKS, one.plan.pk)
        elif one.missed:
            told += note_missed(BOOKS, one.plan.pk, {each.on.isoformat() for each in one.instalments if each.missed})
    return told


every(3600, look_at_plans)
