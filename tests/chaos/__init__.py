"""Killing real workers while the gateway misbehaves, and proving afterwards that nobody was written to twice."""
