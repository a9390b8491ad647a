"""SSDP sockets and the protocol on them, on real sockets of this machine."""

import asyncio
import logging
from datetime import datetime, timedelta
from typing import Any

import pytest

from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client.exceptions import UpnpContentError, UpnpError
from async_upnp_client.limits import DEFAULT_LIMITS, Limits
from async_upnp_client.ssdp import (
    SSDP_TARGET_V4,
    SSDP_TARGET_V6,
    SsdpEndpoint,
    SsdpProtocol,
    decode_ssdp_packet,
    determine_source_target,
    get_ssdp_socket,
)
from tests.support.udp import GROUP, free_port, ipv6_addresses, peer

ALIVE = b"NOTIFY * HTTP/1.1\r\nNT: a\r\nNTS: ssdp:alive\r\nLOCATION: http://192.0.2.7/\r\n\r\n"
JUNK = b"\xff\x00 no ssdp"
ROUTABLE = [(host, number) for host, number, link_local in ipv6_addresses() if not link_local]
LINK_LOCAL = [(host, number) for host, number, link_local in ipv6_addresses() if link_local]


class Heard:
    """What a protocol called back with."""

    def __init__(self) -> None:
        self.messages: asyncio.Queue[tuple[str, CaseInsensitiveDict]] = asyncio.Queue()
        self.connected: list[Any] = []

    def on_data(self, line: str, headers: CaseInsensitiveDict) -> None:
        self.messages.put_nowait((line, headers))

    async def async_on_data(self, line: str, headers: CaseInsensitiveDict) -> None:
        self.messages.put_nowait((f"later: {line}", headers))

    async def async_on_connect(self, transport: Any) -> None:
        self.connected.append(("later", transport))

    def on_connect(self, transport: Any) -> None:
        self.connected.append(("now", transport))

    async def next(self) -> tuple[str, CaseInsensitiveDict]:
        async with asyncio.timeout(10):
            return await self.messages.get()


async def opened(protocol: SsdpProtocol, source: Any, target: Any) -> SsdpEndpoint:
    sock, source, _ = get_ssdp_socket(source, target)
    endpoint = SsdpEndpoint()
    await endpoint.async_open(protocol, sock, source)
    return endpoint


# --- the protocol


@pytest.mark.parametrize(
    ("host", "source", "target"),
    [
        ("127.0.0.1", ("127.0.0.1", 0), ("127.0.0.1", 1900)),
        ("::1", ("::1", 0, 0, 0), ("::1", 1900, 0, 0)),
    ],
)
async def test_a_datagram_becomes_a_message(host: str, source: Any, target: Any):
    heard = Heard()
    protocol = SsdpProtocol(asyncio.get_running_loop(), on_data=heard.on_data)
    endpoint = await opened(protocol, source, target)
    async with peer(host) as device:
        device.send(ALIVE, protocol.local_addr)
        line, headers = await heard.next()
        assert line == "NOTIFY * HTTP/1.1"
        assert headers["nt"] == "a"
        assert headers["_host"] == host
        assert headers["_port"] == device.address[1]
        assert headers["_remote_addr"] == device.address
        assert headers["_local_addr"] == protocol.local_addr
        assert abs(headers["_timestamp"] - datetime.now()) < timedelta(seconds=10)
    endpoint.close()


async def test_connect_callbacks_get_the_transport():
    heard = Heard()
    protocol = SsdpProtocol(
        asyncio.get_running_loop(), async_on_connect=heard.async_on_connect, on_connect=heard.on_connect
    )
    assert protocol.transport is None
    endpoint = await opened(protocol, ("127.0.0.1", 0), ("127.0.0.1", 1900))
    await asyncio.sleep(0)
    assert heard.connected == [("now", protocol.transport), ("later", protocol.transport)]
    endpoint.close()


async def test_both_callbacks_are_called():
    heard = Heard()
    loop = asyncio.get_running_loop()
    protocol = SsdpProtocol(loop, async_on_data=heard.async_on_data, on_data=heard.on_data)
    protocol.datagram_received(ALIVE, ("192.0.2.7", 1900))
    assert [(await heard.next())[0] for _ in range(2)] == ["NOTIFY * HTTP/1.1", "later: NOTIFY * HTTP/1.1"]


async def test_what_is_no_ssdp_is_dropped():
    heard = Heard()
    protocol = SsdpProtocol(asyncio.get_running_loop(), on_data=heard.on_data)
    endpoint = await opened(protocol, ("127.0.0.1", 0), ("127.0.0.1", 1900))
    async with peer() as device:
        for data in (JUNK, b"", b"GET / HTTP/1.1\r\n\r\n", ALIVE):
            device.send(data, protocol.local_addr)
        assert (await heard.next())[1]["nt"] == "a"
        assert heard.messages.empty()
    endpoint.close()


@pytest.mark.parametrize("most", [500, DEFAULT_LIMITS.datagram_bytes, 65507])
async def test_the_longest_datagram_arrives_and_a_longer_one_is_dropped(most: int):
    heard = Heard()
    limits = Limits(datagram_bytes=most, header_length=most)
    protocol = SsdpProtocol(asyncio.get_running_loop(), on_data=heard.on_data, limits=limits)
    endpoint = await opened(protocol, ("127.0.0.1", 0), ("127.0.0.1", 1900))
    assert getattr(protocol.transport, "max_size", most + 1) == most + 1
    async with peer() as device:
        start = b"NOTIFY * HTTP/1.1\r\nLONG: "
        if most < 65507:  # there is none longer
            for size in (most + 1, most + 2, 65507):
                device.send(start.ljust(size, b"b"), protocol.local_addr)
        device.send(start.ljust(most, b"a"), protocol.local_addr)
        assert (await heard.next())[1]["long"] == "a" * (most - len(start))
    endpoint.close()


@pytest.mark.parametrize("data", [JUNK, b"NOTIFY * HTTP/1.1\r\n".ljust(9000, b"a")])
def test_a_sender_of_junk_costs_one_record(data: bytes, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    protocol = SsdpProtocol(asyncio.new_event_loop(), on_data=Heard().on_data)
    protocol.loop.close()
    for number in range(100):
        protocol.datagram_received(data, ("192.0.2.7", 1024 + number))
    records = [record for record in caplog.records if record.name == "async_upnp_client.ssdp"]
    assert len(records) == 1
    assert "192.0.2.7" in records[0].getMessage()


async def test_a_socket_that_cannot_send_is_told_once_and_when_it_can(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO)
    protocol = SsdpProtocol(asyncio.get_running_loop(), on_data=Heard().on_data)
    endpoint = await opened(protocol, ("127.0.0.1", 0), ("127.0.0.1", 1900))
    for _ in range(100):
        endpoint.send(ALIVE, ("192.0.2.7", 1900))  # not from a socket on loopback
    endpoint.send(ALIVE, ("127.0.0.1", 9))
    endpoint.send(ALIVE, ("127.0.0.1", 9))
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    endpoint.close()


@pytest.mark.uda("D-005")
@pytest.mark.parametrize(
    "address", [None, 5, "", (), ("192.0.2.7",), ("fe80::1", 1, 0, None), [], {}, b"\0abstract"]
)
def test_no_address_raises(address: Any):
    messages: list[str] = []
    protocol = SsdpProtocol(asyncio.new_event_loop(), on_data=lambda line, _: messages.append(line))
    protocol.loop.close()
    protocol.datagram_received(ALIVE, address)
    protocol.datagram_received(JUNK, address)
    assert len(messages) <= 1
    protocol.datagram_received(ALIVE, ("192.0.2.7", 1900))
    assert messages[-1] == "NOTIFY * HTTP/1.1"


async def test_what_callbacks_raise_is_logged(caplog: pytest.LogCaptureFixture):
    async def fails_later(_line: str, _headers: CaseInsensitiveDict) -> None:
        raise ValueError("later")

    def fails(_line: str, _headers: CaseInsensitiveDict) -> None:
        raise ValueError("at once")

    protocol = SsdpProtocol(asyncio.get_running_loop(), async_on_data=fails_later, on_data=fails)
    protocol.datagram_received(ALIVE, ("192.0.2.7", 1900))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    errors = [record.exc_info for record in caplog.records if record.levelno == logging.ERROR]
    assert [str(error and error[1]) for error in errors] == ["at once", "later"]


def test_an_error_of_the_socket_is_reported_once(caplog: pytest.LogCaptureFixture):
    protocol = SsdpProtocol(asyncio.new_event_loop())
    protocol.loop.close()
    for _ in range(100):
        protocol.error_received(OSError(101, "Network is unreachable"))
        protocol.error_received(OSError(113, "No route to host"))
        protocol.error_received(ValueError("else"))
    assert [record.levelname for record in caplog.records] == ["WARNING"] * 3


def test_nothing_is_sent_before_the_socket_is_open():
    protocol = SsdpProtocol(asyncio.new_event_loop())
    protocol.loop.close()
    with pytest.raises(AssertionError):
        protocol.send_ssdp_packet(ALIVE, SSDP_TARGET_V4)


async def test_traffic_is_logged_as_text_of_one_line(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG, "async_upnp_client.traffic.ssdp")
    heard = Heard()
    protocol = SsdpProtocol(asyncio.get_running_loop(), on_data=heard.on_data)
    endpoint = await opened(protocol, ("127.0.0.1", 0), ("127.0.0.1", 1900))
    async with peer() as device:
        device.send(ALIVE.replace(b"a\r", b"\x1b[31m\r"), protocol.local_addr)
        await heard.next()
        endpoint.send(b"M-SEARCH * HTTP/1.1\r\n\r\n", device.address)
        assert await device.receive() == (b"M-SEARCH * HTTP/1.1\r\n\r\n", protocol.local_addr)
    endpoint.close()
    messages = [record.getMessage() for record in caplog.records if "traffic" in record.name]
    assert [message.split()[0] for message in messages] == ["Received", "Sent"]
    assert all(message.isprintable() for message in messages)


def test_decode_ssdp_packet():
    line, headers = decode_ssdp_packet(ALIVE, None, ("192.0.2.7", 1900))
    assert line == "NOTIFY * HTTP/1.1"
    assert headers["_timestamp"].tzinfo is None
    assert headers["_local_addr"] is None
    with pytest.raises(UpnpContentError):
        decode_ssdp_packet(JUNK, None, ("192.0.2.7", 1900))


# --- addresses


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        (None, None, (("0.0.0.0", 0), SSDP_TARGET_V4)),
        (("192.0.2.1", 5), None, (("192.0.2.1", 5), SSDP_TARGET_V4)),
        (("fe80::9", 0, 0, 3), None, (("fe80::9", 0, 0, 3), ("FF02::C", 1900, 0, 3))),
        (("fd00::9", 0, 0, 0), None, (("fd00::9", 0, 0, 0), SSDP_TARGET_V6)),
        (None, ("FF02::C", 1900, 0, 2), (("::", 0, 0, 2), ("FF02::C", 1900, 0, 2))),
        (None, ("192.0.2.7", 99), (("0.0.0.0", 0), ("192.0.2.7", 99))),
        (("192.0.2.1", 5), ("192.0.2.7", 99), (("192.0.2.1", 5), ("192.0.2.7", 99))),
        (("fe80::9", 0, 0, 3), ("FF02::C", 1900, 0, 2), (("fe80::9", 0, 0, 3), ("FF02::C", 1900, 0, 2))),
    ],
)
def test_determine_source_target(source: Any, target: Any, expected: Any):
    assert determine_source_target(source, target) == expected


@pytest.mark.parametrize(
    ("source", "target"),
    [(("192.0.2.1", 0), ("FF02::C", 1900, 0, 2)), (("fe80::9", 0, 0, 3), ("192.0.2.7", 1900))],
)
def test_families_do_not_mix(source: Any, target: Any):
    with pytest.raises(UpnpError):
        determine_source_target(source, target)
    with pytest.raises(UpnpError):
        get_ssdp_socket(source, target)


async def test_multicast_over_loopback():
    port = free_port()
    heard = Heard()
    protocol = SsdpProtocol(asyncio.get_running_loop(), on_data=heard.on_data)
    sock, _, target = get_ssdp_socket(("127.0.0.1", 0), (GROUP, port))
    endpoint = SsdpEndpoint()
    await endpoint.async_open(protocol, sock, target)
    async with peer() as device:
        device.send(ALIVE, (GROUP, port))
        _, headers = await heard.next()
        assert headers["_remote_addr"] == device.address
        assert headers["_local_addr"] == (GROUP, port)
    endpoint.close()


@pytest.mark.skipif(not LINK_LOCAL, reason="this machine has no link-local IPv6 address")
async def test_multicast_on_a_link():
    port = free_port()
    host, interface = LINK_LOCAL[0]
    heard = Heard()
    protocol = SsdpProtocol(asyncio.get_running_loop(), on_data=heard.on_data)
    sock, _, target = get_ssdp_socket((host, 0, 0, interface), ("FF02::C", port, 0, interface))
    endpoint = SsdpEndpoint()
    await endpoint.async_open(protocol, sock, target)
    async with peer(host, scope=interface) as device:
        device.send(ALIVE.replace(b"192.0.2.7", f"[{host}]".encode()), ("ff02::c", port, 0, interface))
        _, headers = await heard.next()
        assert headers["_host"] == f"{host}%{interface}"
        assert headers["location"] == f"http://[{host}%{interface}]/"
        assert headers["_location_original"] == f"http://[{host}]/"
    endpoint.close()


# --- endpoints


async def test_an_endpoint_opens_and_closes():
    endpoint = SsdpEndpoint()
    assert not endpoint.is_open
    assert not endpoint.is_wanted
    endpoint.close()
    with pytest.raises(AssertionError):
        endpoint.send(ALIVE, SSDP_TARGET_V4)
    protocol = SsdpProtocol(asyncio.get_running_loop())
    sock, source, _ = get_ssdp_socket(("127.0.0.1", 0), SSDP_TARGET_V4)
    await endpoint.async_open(protocol, sock, source)
    assert endpoint.is_open
    assert endpoint.is_wanted
    endpoint.close()
    assert not endpoint.is_open
    assert not endpoint.is_wanted
    endpoint.close()


async def test_an_endpoint_that_is_closed_while_it_opens_is_closed():
    endpoint = SsdpEndpoint()
    sock, source, _ = get_ssdp_socket(("127.0.0.1", 0), SSDP_TARGET_V4)
    protocol = SsdpProtocol(asyncio.get_running_loop(), on_connect=lambda _: None)
    opening = asyncio.ensure_future(endpoint.async_open(protocol, sock, source))
    await asyncio.sleep(0)
    assert endpoint.is_wanted
    endpoint.close()
    await opening
    await asyncio.sleep(0)
    assert sock.fileno() == -1


async def test_an_endpoint_whose_opening_is_cancelled_is_closed():
    endpoint = SsdpEndpoint()
    sock, source, _ = get_ssdp_socket(("127.0.0.1", 0), SSDP_TARGET_V4)
    opening = asyncio.ensure_future(
        endpoint.async_open(SsdpProtocol(asyncio.get_running_loop()), sock, source)
    )
    await asyncio.sleep(0)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    assert sock.fileno() == -1
    assert not endpoint.is_wanted


async def test_an_endpoint_that_was_lost_can_be_opened_again():
    endpoint = SsdpEndpoint()
    protocol = SsdpProtocol(asyncio.get_running_loop())
    sock, source, _ = get_ssdp_socket(("127.0.0.1", 0), SSDP_TARGET_V4)
    await endpoint.async_open(protocol, sock, source)
    assert protocol.transport is not None
    protocol.transport.abort()
    await asyncio.sleep(0)
    assert not endpoint.is_wanted
    assert not endpoint.is_open
