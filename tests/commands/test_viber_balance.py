"""The balance on the command line."""

import re
from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command

from viber_messaging.sandbox import Sandbox


def test_the_amount_and_the_currency_are_printed(gateway: Sandbox, capsys: pytest.CaptureFixture[str]):
    call_command("viber_balance")
    assert re.fullmatch(r"\d+(\.\d+)? UAH\n", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ({"API_KEY": "wrong"}, "refused"),
        ({"API_URL": "http://127.0.0.1:9/api/xml.php"}, "reached"),
        ({"API_KEY": ""}, "API_KEY"),
    ],
)
def test_the_reason_why_not_is_told(
    gateway: Sandbox, configure: Callable[..., None], keys: dict[str, str], sentence: str
):
    configure(**keys)
    with pytest.raises(CommandError, match=sentence):
        call_command("viber_balance")
