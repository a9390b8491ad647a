"""Discovery over IPv6 (UDA 2.0 Annex A): groups, scopes, zones and hops."""

import asyncio
import socket
from pathlib import Path
from typing import Any

import pytest

from async_upnp_client.exceptions import UpnpError
from async_upnp_client.search import SsdpSearchListener
from async_upnp_client.ssdp import (
    SSDP_IP_V6_GLOBAL,
    SSDP_IP_V6_ORGANISATION_LOCAL,
    SSDP_IP_V6_SITE_LOCAL,
    SSDP_TARGET_V6,
    decode_ssdp_packet,
    determine_source_target,
    get_ssdp_socket,
)
from tests.support.announcements import UDN
from tests.support.multicast import Multicast
from tests.support.timed_loop import TimedLoop

LOOPBACK = ("::1", 0, 0, 0)
MEMBERSHIPS = Path("/proc/net/igmp6")
ADMIN_LOCAL = "FF04::C"


def has_ipv6() -> bool:
    """Tell whether this machine has an IPv6 loopback, which containers may lack."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock:
            sock.bind(LOOPBACK)
    except OSError:
        return False
    return True


needs_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
pytestmark = needs_ipv6


def interface() -> int:
    """Return the number of the loopback interface."""
    return next(number for number, name in socket.if_nameindex() if name.startswith("lo"))


async def searched(target: Any, override: Any = None) -> Multicast:
    """Search from loopback, and return what was sent where."""
    segment = Multicast()
    loop = TimedLoop(segment)
    listener = SsdpSearchListener(callback=print, loop=loop, source=LOOPBACK, target=target)  # type: ignore[arg-type]  # stands in for a loop
    await listener.async_start()
    try:
        listener.async_search(override)
        await loop.pass_time(10)
    finally:
        listener.async_stop()
        await asyncio.sleep(0)
    return segment


@pytest.mark.uda("V-001")
@pytest.mark.parametrize(
    ("target", "group", "host"),
    [
        (None, "ff02::c", "[ff02::c]:1900"),
        ((SSDP_IP_V6_SITE_LOCAL, 1900, 0, 0), "ff05::c", "[ff05::c]:1900"),
    ],
    ids=["link-local", "site-local"],
)
async def test_a_search_goes_to_the_group_and_names_it_in_brackets(target, group, host):
    segment = await searched(target)
    assert segment.packets
    for data, _, to in segment.packets:
        assert (to[0].lower(), to[1]) == (group, 1900)
        hosts = [
            line.partition(":")[2].strip() for line in data.decode().splitlines() if line.startswith("HOST:")
        ]
        assert [text.lower() for text in hosts] == [host]


@pytest.mark.uda("V-002")
def test_the_group_of_choice_is_that_of_the_link():
    assert determine_source_target(("fd00::1", 0, 0, 0))[1][0].upper() == "FF02::C"
    assert SSDP_TARGET_V6[0].upper() == "FF02::C"


@pytest.mark.uda("V-002")
@pytest.mark.parametrize("group", [ADMIN_LOCAL, SSDP_IP_V6_ORGANISATION_LOCAL, SSDP_IP_V6_GLOBAL])
async def test_nothing_is_sent_beyond_the_site(group):
    address = (group, 1900, 0, 0)
    with pytest.raises(UpnpError):
        await searched(address)
    with pytest.raises(UpnpError):
        await searched(None, address)


@pytest.mark.uda("V-005")
@pytest.mark.parametrize(
    ("location", "adjusted"),
    [
        ("http://[fe80::2]:80/d.xml", "http://[fe80::2%3]:80/d.xml"),
        ("http://[fd00::2]:80/d.xml", "http://[fd00::2]:80/d.xml"),
    ],
    ids=["link-local", "unique local"],
)
def test_a_link_local_location_gets_the_zone_it_was_heard_in(location, adjusted):
    packet = f"NOTIFY * HTTP/1.1\r\nLOCATION: {location}\r\nUSN: {UDN}\r\n\r\n".encode()
    _, headers = decode_ssdp_packet(packet, ("::", 1900, 0, 3), ("fe80::2", 1900, 0, 3))
    assert headers["location"] == adjusted
    assert headers["_location_original"] == location


@pytest.mark.uda("V-007")
@pytest.mark.skipif(not MEMBERSHIPS.exists(), reason="this system does not list its memberships there")
@pytest.mark.parametrize("group", [SSDP_TARGET_V6[0], SSDP_IP_V6_SITE_LOCAL])
def test_the_group_is_joined(group):
    packed = socket.inet_pton(socket.AF_INET6, group).hex()

    def members() -> int:
        users = [line.split() for line in MEMBERSHIPS.read_text("ascii").splitlines() if packed in line]
        return sum(int(words[3]) for words in users if int(words[0]) == interface())

    before = members()
    sock, _, _ = get_ssdp_socket(LOOPBACK, (group, 1900, 0, 0))
    with sock:
        assert members() == before + 1
    assert members() == before


@pytest.mark.uda("V-008")
@pytest.mark.parametrize(("hops", "expected"), [(None, 10), (3, 3)])
def test_hops_in_the_site_are_ten_unless_set_otherwise(hops, expected):
    sock, _, _ = get_ssdp_socket(LOOPBACK, (SSDP_IP_V6_SITE_LOCAL, 1900, 0, 0), hops=hops)
    with sock:
        assert sock.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS) == expected


@pytest.mark.uda("V-009")
@pytest.mark.parametrize("host", ["fd00::7", "2001:db8::7", "::1"])
def test_a_source_that_is_not_link_local_needs_no_scope_id(host):
    sock, source, _ = get_ssdp_socket((host, 0, 0, 0), ("fd00::8", 1900, 0, 0))
    with sock:
        assert source[0] == host
    sock, source, target = get_ssdp_socket((host, 0, 0, 0), (*SSDP_TARGET_V6[:3], interface()))
    with sock:
        assert source[0] == host
        assert sock.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF) == interface()
        assert target[2:] == (0, interface())


@pytest.mark.uda("V-009")
def test_a_link_local_source_needs_a_scope_id():
    with pytest.raises(UpnpError):
        get_ssdp_socket(("fe80::7", 0, 0, 0), ("fe80::8", 1900, 0, 0))
    sock, source, _ = get_ssdp_socket(("fe80::7", 0, 0, interface()), (*SSDP_TARGET_V6[:3], 0))
    with sock:
        assert source[2:] == (0, interface())
