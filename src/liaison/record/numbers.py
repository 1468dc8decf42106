"""Running numbers, given inside the change that uses them, so that none is lost or doubled."""

from django.db import connection


def next_number(name: str, count: int = 1) -> int:
    """The next number of the series `name` (the first of `count` in a row).

    Call it inside a change: others wait until that ends.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A running number is drawn inside a transaction.")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO record_counter (name, value) VALUES (%s, %s)"
            " ON CONFLICT (name) DO UPDATE SET value = record_counter.value + excluded.value RETURNING value",
            [name, count],
        )
        return int(cursor.fetchone()[0]) - count + 1
