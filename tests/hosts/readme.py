"""What the README tells a developer to write, to the letter."""

import re
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"


def block_after(sentence: str) -> str:
    """Return the first block of Python that follows ``sentence``. Raises ValueError where there is none."""
    _before, found, after = README.read_text(encoding="utf-8").partition(sentence)
    block = re.search(r"```python\n(.*?)```", after, re.DOTALL)
    if not found or block is None:
        raise ValueError(f"The README no longer says: {sentence}")
    return block[1]


def settings() -> str:
    """Return the lines for the settings."""
    return block_after("## Put it into a site that exists")


def first_message() -> str:
    """Return the lines that send the first message, and name it ``message``."""
    return block_after("**Send a message from code:**")
