"""Filling the queues that are to be sent, by the database itself: a million rows in seconds."""

import json

from django.apps import apps
from django.db import connection
from django.db.models import NOT_PROVIDED

from tests.benchmarks.contenders import TEXT

MESSAGES = "viber_messaging_message"
ATTEMPTS = "viber_messaging_sendattempt"
EMAILS = "post_office_email"

SERIES = {
    "sqlite": "WITH RECURSIVE series(n) AS ("
    "SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < {count}) {insert} series",
    "postgresql": "{insert} generate_series(1, {count}) AS series(n)",
    "mysql": "{insert} (SELECT seq AS n FROM seq_1_to_{count}) AS series",
}
ANALYZE = {"sqlite": "PRAGMA wal_checkpoint(TRUNCATE)", "postgresql": "VACUUM ANALYZE {}", "mysql": "ANALYZE TABLE {}"}
PHONE = {"mysql": "CONCAT('+38097', LPAD(n % 10000000, 7, '0'))"}
PHONE_ELSEWHERE = "'+38097' || substr(CAST(10000000 + n % 10000000 AS text), 2, 7)"

MESSAGE_COLUMNS = (
    "sender, type, text, button, url, image, phone, reference, state, attempt_count, worker_deaths, created_at, "
    "queued_at, error, msg_id"
)


def fill_messages(count: int) -> None:
    """Queue ``count`` messages and forget all others."""
    empty(ATTEMPTS, MESSAGES)
    values = (
        f"'SMSTest', 'text', '{TEXT}', '', '', '', {phone()}, 10000000000000 + n, 'queued', 0, 0, "
        "CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, '', ''"
    )
    rest = defaults_besides(MESSAGE_COLUMNS)
    insert(MESSAGES, ", ".join([MESSAGE_COLUMNS, *rest]), ", ".join([values, *rest.values()]), count)


def defaults_besides(columns: str) -> dict[str, str]:
    """Return the other columns of a message that must hold something, if the database has no default for them."""
    fields = apps.get_model("viber_messaging", "Message")._meta.local_concrete_fields
    given = [field for field in fields if field.null or field.primary_key or field.column in columns.split(", ")]
    needed = [field for field in fields if field not in given and field.db_default is NOT_PROVIDED]
    defaults = {field.column: field.get_default() for field in needed}
    return {column: f"'{value if isinstance(value, str) else json.dumps(value)}'" for column, value in defaults.items()}


def fill_emails(count: int) -> None:
    """Queue ``count`` mails with post_office and forget all others."""
    empty("post_office_log", "post_office_recipientdeliverystatus", EMAILS)
    columns = "from_email, {to}, cc, bcc, subject, message, html_message, status, priority, created, last_updated"
    to = "`to`" if connection.vendor == "mysql" else '"to"'
    values = (
        f"'a@example.com', '380971234567@example.com', '', '', '', '{TEXT}', '', 2, 2, "
        "CURRENT_TIMESTAMP, CURRENT_TIMESTAMP"
    )
    extra = {"backend_alias": "''", "render_on_delivery": "false", "auto_generated": "false"}
    fields = {field.column for field in apps.get_model("post_office", "Email")._meta.local_concrete_fields}
    for column in sorted(fields & extra.keys()):
        columns, values = f"{columns}, {column}", f"{values}, {extra[column]}"
    insert(EMAILS, columns.format(to=to), values, count)


def phone() -> str:
    """Return the expression for the phone of row n."""
    return PHONE.get(connection.vendor, PHONE_ELSEWHERE)


def insert(table: str, columns: str, values: str, count: int) -> None:
    """Insert ``count`` rows and let the database know what it has."""
    statement = f"INSERT INTO {table} ({columns}) SELECT {values} FROM"
    with connection.cursor() as cursor:
        cursor.execute(SERIES[connection.vendor].format(insert=statement, count=count))
        cursor.execute(ANALYZE[connection.vendor].format(table))


def empty(*tables: str) -> None:
    """Delete all rows, without what dead rows leave behind."""
    existing = connection.introspection.table_names()
    with connection.cursor() as cursor:
        for table in tables:
            if table in existing:
                truncates = connection.vendor == "postgresql"
                cursor.execute(f"TRUNCATE {table} CASCADE" if truncates else f"DELETE FROM {table}")
