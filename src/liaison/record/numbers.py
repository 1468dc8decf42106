"""Running numbers, given inside the change that uses them, so that none is lost or doubled."""

from django.db import connection
from django.db.models import F

from liaison.record.models import Counter


def next_number(name: str, count: int = 1) -> int:
    """The next number of the series `name` (the first of `count` in a row).

    Call it inside a change: others wait until that ends.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A running number is drawn inside a transaction.")
    if not Counter.objects.filter(name=name).update(value=F("value") + count):
        Counter.objects.bulk_create([Counter(name=name)], ignore_conflicts=True)
        Counter.objects.filter(name=name).update(value=F("value") + count)
    return Counter.objects.values_list("value", flat=True).get(name=name) - count + 1
