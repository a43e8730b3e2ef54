"""Messages to the user after an operation."""

from typing import TypeAlias

Sentence: TypeAlias = tuple[int, str]
"""A level of django.contrib.messages, and the text."""
