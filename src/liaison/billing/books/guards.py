"""What the database itself keeps of the ledger, past all Python: closed periods, and balances with each entry.

For migrations. A table that SQLite makes anew loses its triggers: call `ledger_guards(remade=True)` after it.
"""

from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from liaison.record.triggers import InDatabase

CLOSED = "the books are closed for this day"
LOCK = 4_210_000_441  # of PostgreSQL's advisory locks: the one between who closes and who writes
# By account: what an entry is about there. A claim's money is the payer's, a visit's the patient's
_ABOUT = {
    "payer-receivable": ("claim_id", "encounter_id", "patient_id"),
    "patient-receivable": ("encounter_id", "patient_id"),
    "collections": ("encounter_id", "patient_id"),
}
NOBODY = "00000000000000000000000000000000"
_COLUMNS = "account, about, patient_id, encounter_id, claim_id, cents, since"


def about_of(account: str) -> str:
    """What an entry is about on an account, as the balances of the account name it."""
    return f"COALESCE({', '.join(_ABOUT[account])}, {nobody_here()})"


def nobody_here() -> str:
    """The key of nobody as a literal of this database."""
    return f"'{NOBODY}'" if connection.vendor == "sqlite" else f"'{NOBODY}'::uuid"


def ledger_guards(*, remade: bool = False) -> InDatabase:
    """Let the database refuse an entry dated into a closed period, and keep the balances of each claim and visit."""

    def act(editor: BaseDatabaseSchemaEditor) -> None:
        """The ledger refuses entries of closed days and keeps balances."""
        if editor.connection.vendor == "sqlite":
            for statement in _sqlite():
                editor.execute(statement)
        elif not remade:
            for statement in _postgresql():
                editor.execute(statement)

    return InDatabase(act)


def closing_guards() -> InDatabase:
    """Let the database refuse to remove a closing, or to change one except to reopen it."""

    def act(editor: BaseDatabaseSchemaEditor) -> None:
        """A closing stays as it is, unless it is reopened."""
        kept = " OR ".join(
            f"NEW.{name} {'IS NOT' if editor.connection.vendor == 'sqlite' else 'IS DISTINCT FROM'} OLD.{name}"
            for name in ("through", "until", "closed_by", "created_at")
        )
        broken = f"OLD.reopened_at IS NOT NULL OR NEW.reopened_at IS NULL OR {kept}"
        if editor.connection.vendor == "sqlite":
            refuse = "BEGIN SELECT RAISE(ABORT, 'a closing is reopened, not changed'); END"
            editor.execute(f"CREATE TRIGGER billing_closing_kept BEFORE DELETE ON billing_closing {refuse}")
            editor.execute(
                f"CREATE TRIGGER billing_closing_reopened BEFORE UPDATE ON billing_closing WHEN {broken} {refuse}"
            )
            return
        editor.execute(
            "CREATE FUNCTION billing_closing_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'a closing is reopened, not changed' "
            "USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        run = "FOR EACH ROW {} EXECUTE FUNCTION billing_closing_refuse()"
        editor.execute(f"CREATE TRIGGER billing_closing_kept BEFORE DELETE ON billing_closing {run.format('')}")
        editor.execute(
            "CREATE TRIGGER billing_closing_reopened BEFORE UPDATE ON billing_closing " + run.format(f"WHEN ({broken})")
        )

    return InDatabase(act)


def opening_balances() -> InDatabase:
    """Work the balances out once, from the entries that are there already."""

    def act(editor: BaseDatabaseSchemaEditor) -> None:
        """Balances of the entries that are there already."""
        editor.execute(f"INSERT INTO billing_balance ({_COLUMNS}) {summed('billing_transfer', nobody_here())}")

    return InDatabase(act)


def summed(table: str, nobody: str, *, names: bool = False) -> str:
    """The query of what each claim and visit holds by the entries in `table`: the columns of `Balance` in their order.

    With `names`, its sums are called `cents` and `since`.
    """
    parts = []
    for account, columns in _ABOUT.items():
        about = f"COALESCE({', '.join(columns)}, {nobody})"
        claim = "claim_id" if "claim_id" in columns else "NULL"
        for side, sign in (("debit", ""), ("credit", "-")):
            since = "at" if side == "debit" else "NULL"
            parts.append(
                f"SELECT '{account}' AS account, {about} AS about, patient_id, encounter_id, {claim} AS claim_id, "  # noqa: S608  # names of our own
                f"{sign}cents AS cents, {since} AS since FROM {table} WHERE {side} = '{account}'"
            )
    if nobody.endswith("uuid"):
        parts = [part.replace("NULL AS claim_id", "NULL::uuid AS claim_id") for part in parts]
        parts = [part.replace("NULL AS since", "NULL::timestamptz AS since") for part in parts]
        one = "(array_agg({0}) FILTER (WHERE {0} IS NOT NULL))[1]"
    else:
        one = "MAX({0})"
    of = ", ".join(one.format(name) for name in ("patient_id", "encounter_id", "claim_id"))
    return (
        f"SELECT account, about, {of}, NULLIF(SUM(cents), 0){' AS cents' * names}, MIN(since){' AS since' * names} "  # noqa: S608  # names of our own
        f"FROM ({' UNION ALL '.join(parts)}) AS moved GROUP BY account, about"
    )


_ADDED = (
    "ON CONFLICT (account, about) DO UPDATE SET "
    "cents = NULLIF(COALESCE(billing_balance.cents, 0) + COALESCE(excluded.cents, 0), 0), "
    "since = CASE WHEN excluded.since IS NULL THEN billing_balance.since "
    "WHEN billing_balance.since IS NULL OR excluded.since < billing_balance.since THEN excluded.since "
    "ELSE billing_balance.since END"
)


def _sqlite() -> list[str]:
    """Row by row: SQLite has one writer, and no other kind of trigger."""
    found = [
        "CREATE TRIGGER billing_transfer_closed BEFORE INSERT ON billing_transfer "  # noqa: S608  # names of our own
        "WHEN EXISTS (SELECT 1 FROM billing_closing WHERE reopened_at IS NULL AND datetime(until) > datetime(NEW.at)) "
        f"BEGIN SELECT RAISE(ABORT, '{CLOSED}'); END"
    ]
    for account, columns in _ABOUT.items():
        about = ", ".join(f"NEW.{name}" for name in columns)
        claim = "NEW.claim_id" if "claim_id" in columns else "NULL"
        for side, sign, since in (("debit", "", "NEW.at"), ("credit", "-", "NULL")):
            found.append(
                f"CREATE TRIGGER billing_balance_{side}_{account.replace('-', '_')} AFTER INSERT ON billing_transfer "  # noqa: S608  # names of our own
                f"WHEN NEW.{side} = '{account}' BEGIN "
                f"INSERT INTO billing_balance ({_COLUMNS}) VALUES ('{account}', COALESCE({about}, '{NOBODY}'), "
                f"NEW.patient_id, NEW.encounter_id, {claim}, {sign}NEW.cents, {since}) {_ADDED}; END"
            )
    return found


def _postgresql() -> list[str]:
    """Statement by statement. Who closes a period waits for entries being written, and they for it (a shared lock), so
    that none slips in beside; balances are written in one order, so that two statements never wait for each other."""
    summing = summed("fresh", f"'{NOBODY}'::uuid")
    return [
        "CREATE FUNCTION billing_ledger_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "  # noqa: S608  # names of our own
        f"PERFORM pg_advisory_xact_lock_shared({LOCK}); "
        "IF EXISTS (SELECT 1 FROM fresh, billing_closing AS c WHERE c.reopened_at IS NULL AND c.until > fresh.at) THEN "
        f"RAISE EXCEPTION '{CLOSED}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        f"INSERT INTO billing_balance ({_COLUMNS}) {summing} ORDER BY 1, 2 {_ADDED}; "
        "RETURN NULL; END $$",
        "CREATE TRIGGER billing_ledger_kept AFTER INSERT ON billing_transfer "
        "REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION billing_ledger_keep()",
    ]
