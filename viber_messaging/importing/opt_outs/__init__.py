"""Rows that are phones of people who want nothing more: a black list."""
