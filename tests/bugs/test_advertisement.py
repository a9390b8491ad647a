"""Defects of release 0.49.0 in hearing announcements."""

import asyncio
import os
import sys

import pytest

from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client.advertisement import SsdpAdvertisementListener
from tests.support.udp import GROUP, free_port, peer

ALIVE = b"NOTIFY * HTTP/1.1\r\nNT: a\r\nNTS: ssdp:alive\r\n\r\n"


class Calls(asyncio.Queue[CaseInsensitiveDict]):
    """What a listener called back with."""

    async def next(self) -> CaseInsensitiveDict:
        async with asyncio.timeout(10):
            return await self.get()


@pytest.mark.parametrize("line", ["M-SEARCH * HTTP/1.1", "HTTP/1.1 200 OK"])
def test_only_notify_is_an_announcement(line: str):
    calls = Calls()
    listener = SsdpAdvertisementListener(on_alive=calls.put_nowait)
    listener._on_data(line, CaseInsensitiveDict({"NT": "a", "NTS": "ssdp:alive", "ST": "a"}))
    assert calls.empty()


def test_nts_is_read_in_any_case():
    calls = Calls()
    listener = SsdpAdvertisementListener(on_alive=calls.put_nowait)
    listener._on_data("NOTIFY * HTTP/1.1", CaseInsensitiveDict({"NTS": "SSDP:Alive"}))
    assert calls.qsize() == 1


async def test_a_second_start_opens_no_second_socket():
    port = free_port()
    calls = Calls()
    listener = SsdpAdvertisementListener(
        on_alive=calls.put_nowait, source=("127.0.0.1", 0), target=(GROUP, port)
    )
    await asyncio.gather(listener.async_start(), listener.async_start())
    await listener.async_start()
    async with peer() as device:
        device.send(ALIVE, (GROUP, port))
        device.send(ALIVE.replace(b"NT: a", b"NT: b"), (GROUP, port))
        assert [(await calls.next())["nt"] for _ in range(2)] == ["a", "b"]
    await listener.async_stop()
    await asyncio.sleep(0)


async def test_no_socket_is_left_when_the_address_cannot_be_had():
    listener = SsdpAdvertisementListener(
        on_alive=print, source=("203.0.113.77", 0), target=("127.0.0.1", free_port())
    )
    # a socket that is left open fails the test when it is collected, or else after the test
    with pytest.raises(OSError, match="address"):
        await listener.async_start()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux delivers groups that others joined")
async def test_groups_that_others_joined_are_not_heard():
    port = free_port()
    calls = Calls()
    listener = SsdpAdvertisementListener(
        on_alive=calls.put_nowait, source=("127.0.0.1", 0), target=(GROUP, port)
    )
    await listener.async_start()
    async with peer(port=port, group="239.255.255.249") as other, peer() as device:
        device.send(ALIVE.replace(b"NT: a", b"NT: other"), ("239.255.255.249", port))
        assert (await other.receive())[0].count(b"other") == 1
        device.send(ALIVE, (GROUP, port))
        assert (await calls.next())["nt"] == "a"
    await listener.async_stop()
    await asyncio.sleep(0)


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot bind to groups")
async def test_datagrams_to_this_machine_alone_are_not_taken_from_others():
    port = free_port()
    listener = SsdpAdvertisementListener(on_alive=print, source=("127.0.0.1", 0), target=(GROUP, port))
    async with peer("0.0.0.0", port) as server:
        await listener.async_start()
        # Which of the sockets on a port gets a datagram depends on where it comes from.
        for _ in range(20):
            async with peer() as searcher:
                searcher.send(b"a", ("127.0.0.1", port))
                assert await server.receive() == (b"a", searcher.address)
        await listener.async_stop()
