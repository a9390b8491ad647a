"""Addresses of the command line as sockets take them."""

import socket

import pytest

from async_upnp_client.cli.addresses import socket_address
from async_upnp_client.cli.exit_codes import CommandError, ExitCode


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("192.0.2.1", ("192.0.2.1", 80)),
        ("2001:db8::1", ("2001:db8::1", 80, 0, 0)),
        ("fe80::1%7", ("fe80::1", 80, 0, 7)),
        ("fe80::1%lo", ("fe80::1", 80, 0, socket.if_nametoindex("lo"))),
        ("FF02::C%7", ("FF02::C", 80, 0, 7)),
    ],
)
def test_an_address_of_either_family(text, address):
    assert socket_address(text, 80) == address


@pytest.mark.parametrize("text", ["fe80::1%nosuch0", "localhost"])
def test_what_cannot_be_one_is_a_sentence(text):
    with pytest.raises(CommandError, match=f"^{text} cannot be used: ") as error:
        socket_address(text, 80)
    assert error.value.exit_code is ExitCode.MISMATCH
