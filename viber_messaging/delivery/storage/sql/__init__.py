"""Handwritten SQL statements, each at least 1.3 times as fast as the ORM's. The rest of ``delivery`` has none.

Each has an equivalent written with the ORM, which MariaDB and every other database use.
"""
