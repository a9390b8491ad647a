"""Which of our addresses reaches a URL, asked of the real system: loopback and link-local addresses."""

import asyncio
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from async_upnp_client._local_ip import (
    EXTERNAL_IP,
    async_get_local_ip,
    get_default_gateways,
    get_local_ip,
    is_own_address,
)


def can_reach(family: socket.AddressFamily, address: str) -> bool:
    """Whether there is a route; tells without sending anything."""
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((address, 80))
    except OSError:
        return False
    return True


def link_local() -> Iterator[tuple[str, str, int]]:
    """Our link-local addresses: (address, name of the interface, its number)."""
    table = Path("/proc/net/if_inet6")
    for line in table.read_text().splitlines() if table.exists() else []:
        digits, index, _length, scope, _flags, name = line.split()
        if scope == "20":
            yield socket.inet_ntop(socket.AF_INET6, bytes.fromhex(digits)), name, int(index, 16)


LINK_LOCAL = next(link_local(), None)
needs_ipv6 = pytest.mark.skipif(not can_reach(socket.AF_INET6, "::1"), reason="no IPv6 here")
needs_route = pytest.mark.skipif(not can_reach(socket.AF_INET, EXTERNAL_IP), reason="no default route here")
needs_link_local = pytest.mark.skipif(LINK_LOCAL is None, reason="no link-local address here")

IPV4 = [
    "http://127.0.0.1:49152/description.xml",
    "http://127.0.0.1",
    "HTTP://127.0.0.1:0/",
    "http://user:secret@127.0.0.1/",
    "127.0.0.1:1900",
    "127.0.0.1",
]
IPV6 = ["http://[::1]:49152/description.xml", "http://[::1]", "[::1]:1900", "[::1]", "::1"]


class NoLookUp(asyncio.SelectorEventLoop):
    """A loop that looks no name up."""

    async def getaddrinfo(self, *args: Any, **kwargs: Any) -> Any:
        raise AssertionError("an address was looked up")


class LookUp(asyncio.SelectorEventLoop):
    """A loop that knows names of its own, as a resolver does."""

    names: dict[str, list[str]]
    asked: list[str]

    async def getaddrinfo(self, host: Any, port: Any, **kwargs: Any) -> Any:
        self.asked.append(host)
        addresses = self.names.get(host, [])
        if not addresses:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [info for address in addresses for info in socket.getaddrinfo(address, port, **kwargs)]


@pytest.fixture
def no_look_up() -> Iterator[NoLookUp]:
    loop = NoLookUp()
    yield loop
    loop.close()


@pytest.fixture
def look_up() -> Iterator[LookUp]:
    loop = LookUp()
    loop.names = {"localhost": ["127.0.0.1"], "unreachable-first.example": ["255.255.255.255", "127.0.0.1"]}
    loop.asked = []
    yield loop
    loop.close()


@pytest.mark.parametrize("url", IPV4)
async def test_ipv4(url: str, no_look_up: NoLookUp):
    assert get_local_ip(url) == "127.0.0.1"
    assert await async_get_local_ip(url, no_look_up) == (socket.AF_INET, "127.0.0.1")


@needs_ipv6
@pytest.mark.parametrize("url", IPV6)
async def test_ipv6(url: str, no_look_up: NoLookUp):
    assert get_local_ip(url) == "::1"
    assert await async_get_local_ip(url, no_look_up) == (socket.AF_INET6, "::1")


@needs_link_local
@pytest.mark.parametrize("form", ["http://[{}%{}]:80/x", "http://[{}%25{}]/", "[{}%{}]:80", "{}%{}"])
@pytest.mark.parametrize("by_name", [True, False])
async def test_link_local_has_its_zone(form: str, by_name: bool, no_look_up: NoLookUp):
    assert LINK_LOCAL is not None
    address, name, index = LINK_LOCAL
    url = form.format(address, name if by_name else index)
    assert get_local_ip(url) == f"{address}%{index}"
    assert await async_get_local_ip(url, no_look_up) == (socket.AF_INET6, f"{address}%{index}")


@needs_route
@pytest.mark.parametrize("nowhere", [None, ""])
async def test_without_url_it_is_the_address_towards_the_outside(nowhere: str | None, no_look_up: NoLookUp):
    family, address = await async_get_local_ip(nowhere, no_look_up)
    assert family is socket.AF_INET
    assert get_local_ip(nowhere) == get_local_ip() == address
    socket.inet_pton(family, address)


def test_a_name_is_looked_up():
    assert get_local_ip("http://localhost:80/") in {"127.0.0.1", "::1"}


async def test_a_name_is_looked_up_by_the_loop(look_up: LookUp):
    # a name that the system knows as well, and would give at once if it were asked
    assert await async_get_local_ip("http://localhost:80/", look_up) == (socket.AF_INET, "127.0.0.1")
    assert look_up.asked == ["localhost"]


async def test_a_name_is_looked_up_by_the_running_loop():
    assert (await async_get_local_ip("http://localhost/"))[1] in {"127.0.0.1", "::1"}


async def test_takes_the_first_address_that_there_is_a_route_to(look_up: LookUp):
    # a datagram socket that may not broadcast is refused the first one
    url = "http://unreachable-first.example/"
    assert await async_get_local_ip(url, look_up) == (socket.AF_INET, "127.0.0.1")


async def test_unknown_name(look_up: LookUp):
    with pytest.raises(OSError, match="not known"):
        await async_get_local_ip("http://nobody.example/", look_up)


@pytest.mark.parametrize(
    "url",
    [
        "http://",
        "http:///path",
        "http://:80/",
        "http://127.0.0.1:port/",
        "http://127.0.0.1:99999/",
        "http://[::1/",
        "http://[nonsense]:80/",
        "http://" + "a" * 64 + ".example/",
        "http://a\0b/",
        "http://255.255.255.255/",
        "//",
    ],
)
async def test_an_os_error_for_what_cannot_be_reached(url: str):
    with pytest.raises(OSError, match=r"\w"):
        get_local_ip(url)
    with pytest.raises(OSError, match=r"\w"):
        await async_get_local_ip(url)


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("192.0.2.77", False),
        ("2001:db8::77", False),
        ("localhost", False),
        ("", False),
        ("no address", False),
    ],
)
def test_an_address_of_ours(address: str, own: bool) -> None:
    assert is_own_address(address) is own


ROUTES = """Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t{0}\t0003\t0\t0\t100\t00000000\t0\t0\t0
eth0\t{1}\t00000000\t0001\t0\t0\t100\t{2}\t0\t0\t0
tun0\t00000000\t00000000\t0001\t0\t0\t50\t00000000\t0\t0\t0
tun0\t00000000\t{0}\t0003\t0\t0\t50\t{2}\t0\t0\t0
broken
"""


def in_the_order_of_the_machine(address: str) -> str:
    """An address as the kernel writes it."""
    return f"{int.from_bytes(socket.inet_aton(address), sys.byteorder):08X}"


def test_the_routers_of_default_routes(tmp_path: Path) -> None:
    table = tmp_path / "route"
    words = [in_the_order_of_the_machine(a) for a in ("192.0.2.1", "192.0.2.0", "255.255.255.0")]
    table.write_text(ROUTES.format(*words))
    assert get_default_gateways(table) == ["192.0.2.1"]
    table.write_text("")
    assert get_default_gateways(table) == get_default_gateways(tmp_path / "nothing") == []
