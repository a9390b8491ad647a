"""Defects of release 0.49.0 in searches."""

import asyncio
from typing import Any

import pytest

from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client.search import SsdpSearchListener, async_search
from tests.support.multicast import Multicast
from tests.support.timed_loop import TimedLoop
from tests.support.udp import peer

LOCAL = ("127.0.0.1", 0)
ANSWER = b"HTTP/1.1 200 OK\r\nST: a\r\nUSN: uuid:a\r\n\r\n"


async def searches(override: Any = None, **kwargs: Any) -> list[bytes]:
    """Messages that a listener sends for one search."""
    segment = Multicast()
    loop: Any = TimedLoop(segment)
    listener = SsdpSearchListener(callback=print, source=LOCAL, loop=loop, **kwargs)
    await listener.async_start()
    listener.async_search(override)
    await loop.pass_time(10)
    listener.async_stop()
    await asyncio.sleep(0)
    return [data for data, _, _ in segment.packets]


@pytest.mark.uda("D-054")
async def test_a_search_is_sent_more_than_once():
    assert len(await searches()) == 3


@pytest.mark.uda("D-048")
@pytest.mark.parametrize(("timeout", "mx"), [(0, b"MX:1\r\n"), (120, b"MX:5\r\n")])
async def test_mx_stays_within_its_bounds(timeout: int, mx: bytes):
    assert all(mx in data for data in await searches(timeout=timeout))


@pytest.mark.uda("D-060")
async def test_a_search_by_unicast_has_the_device_as_host_and_no_mx():
    first, second, third = await searches(("192.0.2.7", 1900))
    assert b"\r\nHOST:192.0.2.7:1900\r\n" in first
    assert b"MX:" not in first
    assert third == first
    # libupnp's devices answer only this
    assert b"\r\nHOST:239.255.255.250:1900\r\n" in second
    assert b"\r\nMX:4\r\n" in second


async def test_the_host_is_the_group_that_is_searched_instead():
    for data in await searches(("239.255.255.246", 1900)):
        assert b"\r\nHOST:239.255.255.246:1900\r\n" in data


@pytest.mark.uda("D-049")
async def test_a_search_names_its_control_point():
    for data in await searches():
        assert b"\r\nCPFN.UPNP.ORG:" in data
        assert b"\r\nUSER-AGENT:" in data


async def test_the_source_address_and_port_are_bound():
    async with peer() as device, peer() as other:
        port = other.address[1]
        other.transport.close()
        await asyncio.sleep(0)
        listener = SsdpSearchListener(callback=print, source=("127.0.0.1", port), target=device.address)
        await listener.async_start()
        listener.async_search()
        assert (await device.receive())[1] == ("127.0.0.1", port)
        listener.async_stop()
        await asyncio.sleep(0)


async def test_the_wildcard_address_takes_no_port_of_others():
    async with peer() as device, peer() as other:
        source = ("0.0.0.0", other.address[1])
        listener = SsdpSearchListener(callback=print, source=source, target=device.address)
        await listener.async_start()
        listener.async_search()
        assert (await device.receive())[1][1] != other.address[1]
        listener.async_stop()
        await asyncio.sleep(0)


@pytest.mark.parametrize("man", ["ssdp:discover", '"ssdp:discover"', "'ssdp:discover'"])
def test_a_search_of_others_is_no_answer(man: str):
    heard: list[CaseInsensitiveDict] = []
    listener = SsdpSearchListener(callback=heard.append)
    listener._on_data("M-SEARCH * HTTP/1.1", CaseInsensitiveDict({"MAN": man, "ST": "ssdp:all"}))
    assert heard == []


def test_an_answer_with_nts_is_an_answer():
    heard: list[CaseInsensitiveDict] = []
    listener = SsdpSearchListener(callback=heard.append)
    listener._on_data("HTTP/1.1 200 OK", CaseInsensitiveDict({"NTS": "ssdp:alive", "ST": "upnp:rootdevice"}))
    assert len(heard) == 1


async def test_a_second_start_opens_no_second_socket():
    async with peer() as device:
        listener = SsdpSearchListener(callback=print, target=device.address)
        await asyncio.gather(listener.async_start(), listener.async_start())
        await listener.async_start()
        listener.async_stop()
        await asyncio.sleep(0)  # what is left open after this fails the test


async def test_no_socket_is_left_when_the_source_cannot_be_bound():
    with pytest.raises(OSError, match="address"):
        await async_search(print, source=("203.0.113.77", 0), target=("127.0.0.1", 1900))  # type: ignore[arg-type]  # not called


async def test_the_socket_is_closed_when_a_search_is_cancelled():
    heard: asyncio.Queue[CaseInsensitiveDict] = asyncio.Queue()

    async def hear(headers: CaseInsensitiveDict) -> None:
        heard.put_nowait(headers)

    async with peer() as device:
        search = asyncio.ensure_future(async_search(hear, timeout=60, target=device.address))
        _, searcher = await device.receive()
        device.send(ANSWER, searcher)
        async with asyncio.timeout(10):
            await heard.get()
        search.cancel()
        with pytest.raises(asyncio.CancelledError):
            await search
        await asyncio.sleep(0)  # what is left open after this fails the test


async def test_answers_that_come_after_mx_are_taken():
    heard: list[CaseInsensitiveDict] = []

    async def hear(headers: CaseInsensitiveDict) -> None:
        heard.append(headers)

    async with peer() as device:
        search = asyncio.ensure_future(async_search(hear, timeout=0, target=device.address))
        _, searcher = await device.receive()
        device.send(ANSWER, searcher)
        await search
        assert len(heard) == 1
