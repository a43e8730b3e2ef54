"""Spreadsheets become recipients."""
