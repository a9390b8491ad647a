"""What is said of those who send nonsense, and of our own mistakes."""

import logging

import pytest
from aiohttp.http_exceptions import BadHttpMessage

from async_upnp_client._http.peer_errors import PeerErrors
from async_upnp_client._quiet import QuietLog

LOGGER = logging.getLogger("async_upnp_client.test")


def test_a_mistake_of_a_peer_is_told_once_and_quietly(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, LOGGER.name)
    log = PeerErrors(LOGGER, QuietLog(LOGGER))
    for _ in range(3):
        log.error("Error handling request from %s", "192.0.2.1", exc_info=BadHttpMessage("no HTTP"))
    (record,) = caplog.records
    assert record.levelno == logging.DEBUG
    assert "192.0.2.1" in record.getMessage()


def test_a_mistake_of_ours_is_told_each_time(caplog: pytest.LogCaptureFixture) -> None:
    log = PeerErrors(LOGGER, QuietLog(LOGGER))
    for _ in range(2):
        log.error("Error handling request from %s", "192.0.2.1", exc_info=ZeroDivisionError("ours"))
    assert [record.levelno for record in caplog.records] == [logging.ERROR] * 2
