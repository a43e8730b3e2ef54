"""What is told to a person after something was done."""

from typing import TypeAlias

Sentence: TypeAlias = tuple[int, str]
"""A level of django.contrib.messages, and what to say."""
