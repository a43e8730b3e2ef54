"""Spreadsheets brought in through the admin: upload, look, confirm."""

from viber_messaging.admin.importing.views import ImportingAdmin

__all__ = ["ImportingAdmin"]
