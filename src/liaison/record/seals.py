"""The hash chain over the audit log: a job seals entries, `liaison audit verify` finds what was tampered with."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import orjson
from django.db import OperationalError, connection, transaction

from liaison.record.models import AuditEntry, AuditSeal

LEAF = 32
BATCH = 2000
LOCK_NOT_AVAILABLE = "55P03"  # PostgreSQL's SQLSTATE


def leaf(entry: AuditEntry) -> bytes:
    """SHA-256 of everything an entry says."""
    said = [
        entry.seq, str(entry.id), entry.at.isoformat(), entry.actor_id, entry.actor_name, entry.role, entry.kind,
        entry.where, entry.action, entry.write, str(entry.patient_id or ""), entry.entities, entry.reason,
        str(entry.change_id or ""),
    ]  # fmt: skip
    return hashlib.sha256(orjson.dumps(said)).digest()


def _digest(previous: bytes, seqs: bytes, leaves: bytes) -> bytes:
    return hashlib.sha256(previous + seqs + leaves).digest()


def seal() -> int:
    """Seal what is not sealed yet, in links of up to 2,000 entries. Gives the number of entries sealed.

    While a long change keeps the log busy (PostgreSQL), it seals nothing: the next round does.
    """
    sealed = 0
    try:
        while count := _seal_one():
            sealed += count
    except OperationalError as error:
        # Not by its class, for whoever runs on SQLite does without PostgreSQL's client library
        if getattr(error.__cause__, "sqlstate", "") != LOCK_NOT_AVAILABLE:
            raise
    return sealed


def _seal_one() -> int:
    with transaction.atomic():
        if connection.vendor == "postgresql":
            # Writers that have a number but have not committed would otherwise appear behind the seal. New writers
            # queue behind a waiting lock, so it waits no longer than they may.
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '1s'")
                cursor.execute(f"LOCK TABLE {AuditEntry._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")
        last = AuditSeal.objects.order_by("-id").first()
        entries = list(AuditEntry.objects.filter(seq__gt=last.last_seq if last else 0).order_by("seq")[:BATCH])
        if not entries:
            return 0
        seqs = b"".join(e.seq.to_bytes(8) for e in entries)
        leaves = b"".join(leaf(e) for e in entries)
        previous = bytes(last.digest) if last else b""
        AuditSeal.objects.create(
            first_seq=entries[0].seq,
            last_seq=entries[-1].seq,
            seqs=seqs,
            leaves=leaves,
            previous=previous,
            digest=_digest(previous, seqs, leaves),
        )
        return len(entries)


@dataclass(frozen=True)
class Finding:
    """One thing wrong with the log. `kind`: changed, removed, added, or chain."""

    kind: str
    seq: int
    sentence: str


def verify() -> Iterator[Finding]:
    """Compare the log with its seals, oldest first. Yields nothing when all is as it was sealed."""
    previous, before = b"", 0
    for link in AuditSeal.objects.order_by("id").iterator(chunk_size=50):
        seqs, leaves = bytes(link.seqs), bytes(link.leaves)
        if bytes(link.previous) != previous or bytes(link.digest) != _digest(previous, seqs, leaves):
            span = f"entries {link.first_seq} to {link.last_seq}"
            yield Finding("chain", link.first_seq, f"The seal over {span} does not follow the one before.")
        previous = bytes(link.digest)
        sealed = {int.from_bytes(seqs[i : i + 8]): leaves[i * 4 : i * 4 + LEAF] for i in range(0, len(seqs), 8)}
        found = AuditEntry.objects.filter(seq__gt=before, seq__lte=link.last_seq).order_by("seq")
        yield from _compare(sealed, {e.seq: leaf(e) for e in found.iterator(chunk_size=BATCH)})
        before = link.last_seq


def _compare(sealed: dict[int, bytes], found: dict[int, bytes]) -> Iterator[Finding]:
    for seq in sorted(sealed.keys() | found.keys()):
        if seq not in found:
            yield Finding("removed", seq, f"Audit entry {seq} was removed after it was sealed.")
        elif seq not in sealed:
            yield Finding("added", seq, f"Audit entry {seq} was added to a sealed part of the log.")
        elif sealed[seq] != found[seq]:
            yield Finding("changed", seq, f"Audit entry {seq} was changed after it was sealed.")
