"""The package behind a pooler of connections that gives each transaction another one: the real PgBouncer."""
