"""Addresses of the command line as sockets take them.

Called by the commands that take `--bind` and `--target`. `arguments` has seen that they are addresses;
whether an interface named as scope exists is asked here.
"""

from async_upnp_client._addresses import split_address
from async_upnp_client.cli.exit_codes import CommandError, ExitCode
from async_upnp_client.const import AddressTupleVXType
from async_upnp_client.exceptions import UpnpError


def socket_address(text: str, port: int) -> AddressTupleVXType:
    """Make a socket address of an IP address, IPv6 with or without %scope; CommandError if it cannot be."""
    try:
        address = split_address(text)
    except (UpnpError, ValueError) as err:
        raise CommandError(ExitCode.MISMATCH, f"{text} cannot be used: {err}") from err
    if len(address) == 2:
        return (address[0], port)
    return (address[0], port, address[2], address[3])
