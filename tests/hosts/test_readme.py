"""The README still says what the host sites follow to the letter."""

from tests.hosts import readme


def test_the_readme_tells_the_settings_and_the_first_message():
    assert {"import_export", "viber_messaging", "API_KEY"} <= set(readme.settings().replace('"', " ").split())
    assert "message = send_message(" in readme.first_message()
