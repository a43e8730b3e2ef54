"""Rows that are people."""
