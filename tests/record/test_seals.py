"""The hash chain over the audit log finds what was changed, removed or added after it was sealed."""

from collections.abc import Callable
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection

from liaison.record import seals
from liaison.record.actor import machine
from liaison.record.audit import looked
from liaison.record.models import AuditEntry, AuditSeal

pytestmark = pytest.mark.django_db
ACTOR = machine("test", "cli")


def look(times: int) -> None:
    for _ in range(times):
        looked(ACTOR, uuid4(), ["Patient/1"], reason="Care")


@pytest.fixture
def entries() -> list[int]:
    """Nine entries under three seals, and two newer ones."""
    for _ in range(3):
        look(3)
        assert seals.seal() == 3
    look(2)
    return list(AuditEntry.objects.order_by("seq").values_list("seq", flat=True))


@pytest.fixture
def tamper() -> Callable[..., None]:
    """Raw SQL of somebody who owns the database: the triggers are out of the way."""

    def run(statement: str, *values: object) -> None:
        with connection.cursor() as cursor:
            for table in ("record_auditentry", "record_auditseal"):
                if connection.vendor == "sqlite":
                    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_update")
                    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_delete")
                else:
                    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}")
            cursor.execute(statement, values)

    return run


def found() -> list[tuple[str, int]]:
    return [(finding.kind, finding.seq) for finding in seals.verify()]


def verify() -> tuple[int, str]:
    """Exit status and output of `liaison audit verify`."""
    out = StringIO()
    try:
        call_command("audit", "verify", stdout=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


def test_an_honest_log_verifies(entries: list[int]) -> None:
    assert found() == []
    status, said = verify()
    assert status == 0
    assert "2 newer entries" in said
    assert seals.seal() == 2
    assert seals.seal() == 0
    assert found() == []
    assert AuditSeal.objects.count() == 4


def test_an_empty_log_verifies() -> None:
    assert seals.seal() == 0
    assert verify()[0] == 0


@pytest.mark.parametrize(
    ("column", "value"),
    [("actor_name", "Somebody else"), ("reason", ""), ("entities", "[]"), ("patient_id", None), ("action", "search")],
)
def test_a_changed_entry_is_found(
    entries: list[int], tamper: Callable[..., None], column: str, value: str | None
) -> None:
    tamper(f"UPDATE record_auditentry SET {column} = %s WHERE seq = %s", value, entries[4])
    assert found() == [("changed", entries[4])]
    status, said = verify()
    assert status == 1
    assert f"Audit entry {entries[4]} was changed" in said


@pytest.mark.parametrize("which", [0, 2, 3, 8])
def test_a_removed_entry_is_found(entries: list[int], tamper: Callable[..., None], which: int) -> None:
    tamper("DELETE FROM record_auditentry WHERE seq = %s", entries[which])
    assert found() == [("removed", entries[which])]
    assert verify()[0] == 1


def test_an_entry_put_in_a_gap_of_the_numbers_is_found(tamper: Callable[..., None]) -> None:
    look(1)
    tamper("UPDATE record_auditentry SET seq = seq + 5")
    first = AuditEntry.objects.get().seq
    seals.seal()
    AuditEntry(seq=first - 2, actor_id="x", actor_name="x", role="", kind="staff", where="", action="read").save()
    assert found() == [("added", first - 2)]
    status, said = verify()
    assert status == 1
    assert f"Audit entry {first - 2} was added" in said


def test_a_forged_seal_breaks_the_chain(entries: list[int], tamper: Callable[..., None]) -> None:
    """Changing an entry and its seal alike is found by the links that follow."""
    tamper("UPDATE record_auditentry SET reason = 'none' WHERE seq = %s", entries[4])
    link = AuditSeal.objects.order_by("id")[1]
    rows = AuditEntry.objects.filter(seq__gte=link.first_seq, seq__lte=link.last_seq).order_by("seq")
    leaves = b"".join(seals.leaf(row) for row in rows)
    digest = seals._digest(bytes(link.previous), bytes(link.seqs), leaves)
    tamper("UPDATE record_auditseal SET leaves = %s, digest = %s WHERE id = %s", leaves, digest, link.pk)
    assert [kind for kind, _ in found()] == ["chain"]
    assert verify()[0] == 1


def test_a_removed_seal_is_found(entries: list[int], tamper: Callable[..., None]) -> None:
    link = AuditSeal.objects.order_by("id")[1]
    tamper("DELETE FROM record_auditseal WHERE id = %s", link.pk)
    kinds = [kind for kind, _ in found()]
    assert "chain" in kinds
    assert kinds.count("added") == 3


def test_a_long_log_is_sealed_in_several_links(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seals, "BATCH", 4)
    look(10)
    assert seals.seal() == 10
    assert AuditSeal.objects.count() == 3
    assert found() == []
