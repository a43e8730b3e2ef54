"""Rows that are messages."""
