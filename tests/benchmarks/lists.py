"""Compare the admin's lists at a thousand rows and at a million: ``python -m tests.benchmarks.lists``.

Both databases are made and filled first, by statements that write all rows at once; then each round opens every page
once on either, and the last lines tell which of them miss the goal. ``--database`` may name SQLite
(``sqlite:////tmp/lists.sqlite3``) or PostgreSQL; a second database with ``_small`` behind its name stands beside it.
With ``--keep`` what was filled before is used again.
"""

import argparse
import os
import statistics
import time
from collections.abc import Iterator
from typing import Any

SMALL_ROWS = 1000
MOST_TIMES = 5
"""A page of a million rows takes so many times as long as one of a thousand at most; and besides..."""
MOST_MS = 200
"""...so many milliseconds at most. Medians of all rounds but the first, which fills what caches there are."""
SCALES = ("small", "default")

QUERIES = {
    "message": {
        "first page": "",
        "last page": "p=last",
        "rare state": "state__exact=failed",
        "common state": "state__exact=delivered",
        "rare sender": "sender=Rare",
        "common sender": "sender=SMSTest",
        "old campaign": "campaign=1",
        "large campaign": "campaign=2",
        "campaign, rare state": "campaign=2&state__exact=failed",
        "campaign, common state": "campaign=2&state__exact=delivered",
        "rare code": "code=203",
        "common code": "code=102",
        "code of nobody": "code=112",
        "today": "day=today",
        "yesterday": "day=yesterday",
        "30 days": "day=30",
        "from the beginning": "to={old}",
        "by phone": "o=1",
        "by phone, last page": "o=1&p=last",
        "about one object": "about=shop.order:70",
        "oldest first": "o=5",
        "search: phone": "q=097 000 00 08",
        "search: few letters": "q=0970",
        "search: long beginning": "q=+38097000000",
        "search: reference": "q=10000000000500",
        "search: gateway ID": "q=70000500",
        "search: nobody": "q=050 111 22 33",
        "search: last digits": "q=0942",
        "search: name": "q=Коваль 500",
        "30 days, rare state": "day=30&state__exact=failed",
        "30 days, common state": "day=30&state__exact=delivered",
        "rare sender, common state": "sender=Rare&state__exact=delivered",
        "common sender, rare state": "sender=SMSTest&state__exact=failed",
    },
    "recipient": {
        "first page": "",
        "last page": "p=last",
        "opted out": "opted_out=yes",
        "not opted out": "opted_out=no",
        "large group": "groups__id__exact=1",
        "small group": "groups__id__exact=2",
        "search: few letters": "q=0970",
        "search: phone": "q=097 000 00 08",
        "search: last digits": "q=0942",
        "search: name": "q=Коваль 500",
    },
    "sendattempt": {
        "first page": "",
        "last page": "p=last",
        "rare outcome": "outcome__exact=unknown",
        "search: phone": "q=097 000 00 08",
        "search: few letters": "q=0970",
    },
    "campaign": {"first page": ""},
    "recipientgroup": {"first page": "", "by people": "o=-2", "by opted out": "o=-4"},
    "sender": {"first page": ""},
}

NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %(rows)s)"
PHONE = "'+38097' || SUBSTR('0000000' || i, LENGTH('0000000' || i) - 6, 7)"
CONSTANTS = "'', '', '', 0, 0, ''"
FILL = (
    f"""
    INSERT INTO viber_messaging_message (
        id, sender, type, text, phone, reference, state, status_code, msg_id, campaign_id, created_at, queued_at,
        accepted_at, completed_at, button, url, image, attempt_count, worker_deaths, error,
        metadata, about_model, about_id
    )
    {NUMBERS}
    SELECT i, CASE WHEN i %% 20000 = 7 THEN 'Rare' ELSE 'SMSTest' END, 'text',
        'Ваше замовлення готове, чекаємо на вас у крамниці щодня з 9 до 21 ' || i,
        {PHONE}, 10000000000000 + i,
        CASE WHEN i %% 2000 = 3 THEN 'failed' WHEN i %% 500 = 4 THEN 'rejected' WHEN i %% 20 = 5 THEN 'undelivered'
            WHEN i %% 3 = 0 THEN 'read' WHEN i > %(rows)s * 0.99 THEN 'accepted' ELSE 'delivered' END,
        CASE WHEN i %% 2000 = 3 THEN 208 WHEN i %% 500 = 4 THEN 203 WHEN i %% 20 = 5 THEN 105
            WHEN i %% 3 = 0 THEN 116 WHEN i > %(rows)s * 0.99 THEN 106 ELSE 102 END,
        CAST(70000000 + i AS VARCHAR(64)), CASE WHEN i <= 500 THEN 1 WHEN i %% 2 = 0 THEN 2 END,
        {{moment}}, {{moment}}, {{moment}}, {{moment}}, {CONSTANTS},
        '{{{{}}}}', CASE WHEN i %% 10 = 0 THEN 'shop.order' ELSE '' END,
        CASE WHEN i %% 10 = 0 THEN CAST(i %% 700 AS VARCHAR(255)) END
    FROM n
    """,
    f"""
    INSERT INTO viber_messaging_sendattempt (
        id, message_id, number, started_at, finished_at, outcome, status_code, msg_id, error, reply, account_mark
    )
    {NUMBERS}
    SELECT i, i, 1, {{moment}}, {{moment}}, CASE WHEN i %% 5000 = 9 THEN 'unknown' ELSE 'accepted' END, 1,
        CAST(70000000 + i AS VARCHAR(64)), '', '', ''
    FROM n
    """,
    f"""
    INSERT INTO viber_messaging_recipient (id, phone, name, attributes, opted_out_at)
    {NUMBERS}
    SELECT i, {PHONE}, 'Олена Коваль ' || i, '{{{{}}}}', CASE WHEN i %% 50 = 2 THEN {{moment}} END
    FROM n
    """,
    f"""
    INSERT INTO viber_messaging_recipient_groups (recipient_id, recipientgroup_id)
    {NUMBERS}
    SELECT i, CASE WHEN i <= 100 THEN 2 ELSE 1 END FROM n WHERE i <= 100 OR i %% 2 = 0
    """,
)
MOMENTS = {
    "sqlite": "datetime('now', '-' || CAST((%(rows)s - i) * 5184000.0 / %(rows)s AS INTEGER) || ' seconds')",
    "postgresql": "NOW() - (%(rows)s - i) * INTERVAL '60 days' / %(rows)s",
}


class Router:
    """Reads and writes the database of the scale that is measured."""

    scale = "default"

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return Router.scale

    db_for_write = db_for_read

    def allow_relation(self, *objects: Any, **hints: Any) -> bool:
        return True


def set_up(url: str) -> None:
    """Start Django on both databases."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    os.environ["DATABASE_URL"] = url
    import django
    from django.conf import settings

    settings.DATABASES["small"] = {
        **settings.DATABASES["default"],
        "NAME": f"{settings.DATABASES['default']['NAME']}_small",
    }
    settings.DATABASE_ROUTERS = [Router()]
    django.setup()
    from django.test.utils import setup_test_environment

    setup_test_environment()


def make(scale: str, rows: int) -> None:
    """Make a database anew and fill it."""
    from django.core.management import call_command
    from django.db import connections

    create(connections[scale])
    call_command("migrate", database=scale, verbosity=0)
    fill(scale, rows)


def create(connection: Any) -> None:
    """Make an empty database, though this connection has looked into an older one."""
    connection.close()
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        for path in (name, f"{name}-wal", f"{name}-shm"):
            if os.path.exists(path):  # noqa: PTH110
                os.remove(path)  # noqa: PTH107
        return
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')


def fill(scale: str, rows: int) -> None:
    """Write all rows of each table by one statement."""
    from django.contrib.auth import get_user_model
    from django.db import connections

    from viber_messaging.models import Campaign, RecipientGroup, Sender

    for name in ("SMSTest", "Rare"):
        Sender.objects.using(scale).create(name=name)
    for pk, name in ((1, "Everybody"), (2, "Few")):
        RecipientGroup.objects.using(scale).create(pk=pk, name=name)
        Campaign.objects.using(scale).create(pk=pk, name=f"To {name}", sender="SMSTest", text="Text", state="finished")
    get_user_model().objects.using(scale).create(username="staff", is_staff=True, is_superuser=True)
    connection = connections[scale]
    with connection.cursor() as cursor:
        for statement in FILL:
            cursor.execute(statement.format(moment=MOMENTS[connection.vendor]), {"rows": rows})
        cursor.execute("ANALYZE" if connection.vendor == "postgresql" else "SELECT 1")


def is_filled(scale: str, rows: int) -> bool:
    """Tell whether the database has so many messages already."""
    from django.db import DatabaseError

    from viber_messaging.models import Message

    try:
        return Message.objects.using(scale).count() == rows
    except DatabaseError:
        return False


def pages() -> Iterator[tuple[str, str, str]]:
    """Return the name of each page, its list, and its query."""
    from datetime import timedelta

    from django.utils import timezone

    old = f"{timezone.localdate() - timedelta(days=40)}"
    for model, queries in QUERIES.items():
        for title, query in queries.items():
            yield f"{model}: {title}", model, query.format(old=old)


def open_page(client: Any, address: str) -> tuple[float, int, Any]:
    """Open a page; return how long it took, in ms, the queries it made, and the list."""
    from django.db import connections, reset_queries

    connection = connections[Router.scale]
    connection.force_debug_cursor = True
    reset_queries()
    started = time.perf_counter()
    page = client.get(address)
    took = (time.perf_counter() - started) * 1000
    assert page.status_code == 200, (address, page.status_code)
    return took, len(connection.queries), page.context["cl"]


def address_of(client: Any, model: str, query: str) -> str:
    """Return where the page is: a search has an address of its own for each person."""
    base = f"/admin/viber_messaging/{model}/"
    if query.startswith("q="):
        return str(client.post(f"{base}search/", {"q": query[2:]}).url)
    if "p=last" in query:
        first = client.get(f"{base}?{query.replace('p=last', '').rstrip('&')}").context["cl"]
        return f"{base}?{query.replace('p=last', f'p={first.paginator.num_pages}')}"
    return f"{base}?{query}".rstrip("?")


def staff() -> Any:
    """Return the browser of a superuser."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    client = Client(HTTP_HOST="testserver")
    client.force_login(get_user_model().objects.get(username="staff"))
    return client


def compare(rounds: int) -> None:
    """Open all pages in turn and print the medians."""
    clients, addresses = {}, {}
    results: dict[tuple[str, str], list[float]] = {}
    first: dict[tuple[str, str], float] = {}
    facts: dict[tuple[str, str], tuple[int, int]] = {}
    for Router.scale in SCALES:
        clients[Router.scale] = staff()
        for name, model, query in pages():
            addresses[name, Router.scale] = address_of(clients[Router.scale], model, query)
    for _round in range(rounds + 1):
        for name, _model, _query in pages():
            for Router.scale in SCALES:
                took, count, shown = open_page(clients[Router.scale], addresses[name, Router.scale])
                if not _round:
                    first[name, Router.scale] = took
                    continue
                results.setdefault((name, Router.scale), []).append(took)
                facts[name, Router.scale] = count, len(shown.result_list)
    print(f"ms: median (min-max) of {rounds} rounds; the first; queries; rows shown; ratio of medians, of minima")
    missed = []
    for name, _model, _query in pages():
        small, large = (results[name, scale] for scale in SCALES)
        counts = ["/".join(str(facts[name, scale][place]) for scale in SCALES) for place in (0, 1)]
        ratio, least = ratio_of(small, large), min(large) / min(small)
        mark = "" if meets_goal(small, large) else "  !"
        missed += [name] if mark else []
        times = f"{told(small)} {told(large)} {first[name, 'default']:7.1f}"
        print(f"{name:36} {times} {counts[0]:>6} {counts[1]:>8} {ratio:6.2f} {least:6.2f}{mark}")
    print(
        f"goal: {MOST_TIMES} times and {MOST_MS} ms; missed by {len(missed)} of {len(results) // 2}",
        *missed,
        sep="\n  ",
    )


def ratio_of(small: list[float], large: list[float]) -> float:
    """Return how many times as long a page of many rows takes."""
    return statistics.median(large) / statistics.median(small)


def meets_goal(small: list[float], large: list[float]) -> bool:
    """Tell whether a page of many rows is fast enough, both beside one of few and by itself."""
    return ratio_of(small, large) <= MOST_TIMES and statistics.median(large) <= MOST_MS


def told(results: list[float]) -> str:
    """Return milliseconds as a line of the table has them."""
    return f"{statistics.median(results):7.1f} ({min(results):.1f}-{max(results):.1f})".ljust(24)


def main() -> None:
    """Fill both databases, and compare."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--database", default="sqlite:////tmp/viber-lists.sqlite3")
    parser.add_argument("--keep", action="store_true", help="Use what was filled before.")
    options = parser.parse_args()
    set_up(options.database)
    for scale, rows in zip(SCALES, (SMALL_ROWS, options.rows), strict=True):
        if not (options.keep and is_filled(scale, rows)):
            started = time.perf_counter()
            make(scale, rows)
            print(f"{rows} rows of each table filled in {time.perf_counter() - started:.0f} s")
    compare(options.rounds)


if __name__ == "__main__":
    main()
