"""The connection of a gateway to its provider."""

import pytest

from async_upnp_client.exceptions import UpnpActionError
from async_upnp_client.virtual.gateway.connection import LAST_ERRORS, STATUSES, Connection
from tests.support.clock import Clock


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def told():
    return []


@pytest.fixture
def connection(clock, told):
    return Connection(lambda: clock.monotonic, "192.0.2.1", lambda: told.append(1))


def test_it_is_up_since_the_start(connection, clock):
    clock.advance(90)
    assert (connection.status, connection.uptime, connection.address) == ("Connected", 90, "192.0.2.1")
    assert connection.status in STATUSES


def test_ended_it_has_no_address_and_a_reason(connection, clock, told):
    connection.disconnect("ERROR_USER_DISCONNECT")
    assert (connection.status, connection.uptime, connection.address) == ("Disconnected", 0, "")
    assert connection.last_error == "ERROR_USER_DISCONNECT"
    assert connection.last_error in LAST_ERRORS
    assert told == [1]
    with pytest.raises(UpnpActionError) as refused:
        connection.disconnect("ERROR_USER_DISCONNECT")
    assert refused.value.error_code == 711
    clock.advance(10)
    connection.connect()
    clock.advance(5)
    assert (connection.status, connection.uptime, connection.last_error) == ("Connected", 5, "ERROR_NONE")


def test_connected_again_is_no_new_uptime(connection, clock):
    clock.advance(10)
    connection.connect()
    assert connection.uptime == 10
    connection.restart()
    assert connection.uptime == 0


def test_it_connects_where_that_is_configured_and_allowed(connection):
    with pytest.raises(UpnpActionError) as refused:
        connection.connect(is_allowed=False)
    assert refused.value.error_code == 709
    connection.status = "Unconfigured"
    with pytest.raises(UpnpActionError) as refused:
        connection.connect()
    assert refused.value.error_code == 706


def test_another_address_is_told(connection, told):
    connection.address = "192.0.2.2"
    assert connection.address == "192.0.2.2"
    assert told == [1]
