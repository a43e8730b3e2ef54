"""The statements that are written by hand, because they bring 1.3 times the speed or more: nowhere else in delivery.

Each has a way that the ORM can say beside it, which MariaDB and every other database takes.
"""
