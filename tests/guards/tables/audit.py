"""The guards of the audit: chained at the commit, under a lock, never changed, no names in it."""

from tests.guards.guard import Guard

GUARDS = (
    Guard(
        "audit: entries are chained before the commit",
        "models/session.py",
        "            chain(self._connection, self._unchained)\n",
        "",
        "tests/models/test_audit_chain.py -k 'order_they_were_made'",
    ),
    Guard(
        "audit: one commit at a time gives places on PostgreSQL",
        "models/audit_chain.py",
        '    if connection.dialect.name == "postgresql":',
        '    if connection.dialect.name == "none":',
        "tests/models/test_audit_chain.py -k 'side_by_side'",
    ),
    Guard(
        "audit: SQLite refuses to change an entry",
        "models/migrations/versions/0002_audit.py",
        "    WHEN OLD.hash IS NOT NULL OR NEW.id <> OLD.id\n",
        "    WHEN NEW.id <> OLD.id\n",
        "tests/models/test_audit_chain.py -k 'refuses_to_change and sqlite'",
    ),
    Guard(
        "audit: SQLite refuses to remove an entry",
        "models/migrations/versions/0002_audit.py",
        "    WHEN OLD.hash IS NOT NULL\n    BEGIN",
        "    WHEN 0\n    BEGIN",
        "tests/models/test_audit_chain.py -k 'refuses_to_change and sqlite'",
    ),
    Guard(
        "audit: SQLite refuses to write over an entry",
        "models/migrations/versions/0002_audit.py",
        "    WHEN EXISTS (SELECT 1 FROM audit_entries WHERE id = NEW.id OR position = NEW.position)",
        "    WHEN 0",
        "tests/models/test_audit_chain.py -k 'no_way_round'",
    ),
    Guard(
        "audit: PostgreSQL refuses to change or remove an entry",
        "models/migrations/versions/0002_audit.py",
        "FOR EACH ROW WHEN (OLD.hash IS NOT NULL)",
        "FOR EACH ROW WHEN (FALSE)",
        "tests/models/test_audit_chain.py -k 'refuses_to_change and postgresql'",
    ),
    Guard(
        "audit: no names, phones or text in an entry",
        "services/audit.py",
        "            raise ValueError(",
        "            str(",
        "tests/services/test_audit.py -k no_names",
    ),
)
