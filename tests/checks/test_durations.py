"""Durations that fit one another."""

import pytest

from tests.checks.asking import RIGHT, ids_of


def test_a_claim_must_outlive_the_request() -> None:
    values = RIGHT | {"CONNECT_TIMEOUT": 1, "READ_TIMEOUT": 1}
    assert ids_of(values | {"CLAIM_TIMEOUT": 90, "TOTAL_TIMEOUT": 90}) == ["E011"]
    assert ids_of(values | {"CLAIM_TIMEOUT": 90, "TOTAL_TIMEOUT": 89}) == []


def test_no_time_to_send_again_is_an_error() -> None:
    assert ids_of(RIGHT | {"RESEND_WINDOW": 299}) == ["E012"]
    assert ids_of(RIGHT | {"RESEND_WINDOW": 300}) == []


@pytest.mark.parametrize("key", ["CONNECT_TIMEOUT", "READ_TIMEOUT", "INLINE_TIMEOUT"])
def test_a_part_of_a_request_that_outlasts_the_whole_is_a_warning(key: str) -> None:
    assert ids_of(RIGHT | {key: 61}) == ["W007"]
    assert ids_of(RIGHT | {key: 60}) == []
