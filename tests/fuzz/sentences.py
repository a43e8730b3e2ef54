"""What a refusal owes to people."""


def check_sentence(error: Exception) -> None:
    """Check that an error says what is wrong."""
    assert str(error).strip().endswith(".")
