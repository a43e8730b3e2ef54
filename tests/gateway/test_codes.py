"""The tables are those of the gateway's pages, and every code has its consequence."""

import pytest

from viber_messaging.gateway import errors
from viber_messaging.gateway.codes import MessageCode, RequestCode
from viber_messaging.gateway.request_outcome import ERRORS_BY_CODE, ERRORS_BY_STATUS


def test_every_number_that_the_documents_list_for_a_request_is_known():
    assert {code.value: code.name for code in RequestCode} == {
        200: "ERR_UNKNOWN",
        201: "ERR_FORMAT",
        202: "ERR_AUTHORIZATION",
        205: "ERR_USER_DISABLE",
        209: "ERR_API_DISABLE",
        210: "ERR_IP_DENIED",
        212: "ERR_THROTTLE",
    }


def test_every_number_that_the_documents_list_for_a_message_is_known():
    in_transit = {1, 100, 101, 106, 110}
    final = {102, 103, 104, 105, 108, 109, 111, 112, 113, 116}
    refused = {200, 201, 202, 203, 204, 206, 207, 208, 211}
    assert {code.value for code in MessageCode} == in_transit | final | refused | {107}


@pytest.mark.parametrize("code", [*RequestCode, *MessageCode], ids=repr)
def test_every_code_has_a_phrase_and_is_its_number(code: RequestCode | MessageCode):
    assert code.phrase
    assert code == code.value


def test_every_code_of_a_request_has_one_consequence():
    assert set(ERRORS_BY_CODE) == set(RequestCode)


def test_the_consequences_are_those_of_the_gateways_page():
    assert {int(code): kind for code, kind in ERRORS_BY_CODE.items()} == {
        200: errors.OutcomeUnknown,
        201: errors.PackageRefused,
        202: errors.AccountRefused,
        205: errors.AccountRefused,
        209: errors.AccountRefused,
        210: errors.AccountRefused,
        212: errors.Throttled,
    }


def test_http_statuses_that_say_it_all_mean_that_nothing_was_sent():
    assert all(issubclass(kind, errors.NotSent) for kind in ERRORS_BY_STATUS.values())
