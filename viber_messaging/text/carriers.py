"""The origin of a phone, without any request: the operator of a Ukrainian one, the country of any other."""

from viber_messaging.text.libphonenumber import numbers, operators

UKRAINE = "+380"
OPERATOR_DIGITS = 2
SUBSCRIBER_DIGITS = 7
LONGEST_COUNTRY_CODE = 3

PREFIX_LENGTH = 6
"""The characters of a phone in E.164 that tell the operator of a Ukrainian one, and the country of any other."""


def name_operator(beginning: str, language: str) -> str:
    """Return who issued the phones with this beginning (E.164), in this language; the beginning itself if unknown.

    People who kept their phone when they changed operators still count under the first one.
    """
    if beginning.startswith(UKRAINE):
        return _operator(beginning, language)
    digits = beginning.removeprefix("+")
    for length in range(1, LONGEST_COUNTRY_CODE + 1):
        regions = numbers().COUNTRY_CODE_TO_REGION_CODE.get(int(digits[:length] or 0))
        if regions:
            return f"+{digits[:length]} ({', '.join(regions)})" if len(regions) == 1 else f"+{digits[:length]}"
    return beginning


def _operator(beginning: str, language: str) -> str:
    digits = beginning.removeprefix(UKRAINE)[:OPERATOR_DIGITS]
    if len(digits) < OPERATOR_DIGITS:
        return beginning
    number = numbers().PhoneNumber(country_code=380, national_number=int(digits + "0" * SUBSCRIBER_DIGITS))
    return str(operators().name_for_valid_number(number, language)) or beginning
