"""Announcements: which messages are some, and who is told of them."""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest

from async_upnp_client import _ssdp_sockets
from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client._interfaces import LOOK_SECONDS, Interface
from async_upnp_client.advertisement import SsdpAdvertisementListener
from async_upnp_client.const import SsdpSource
from async_upnp_client.exceptions import UpnpError
from tests.support.udp import GROUP, Routeless, free_port, ipv6_addresses, peer
from tests.support.virtual_time import pass_time, run

NOTIFY = "NOTIFY * HTTP/1.1"
LINK_LOCAL = [(host, number) for host, number, link_local in ipv6_addresses() if link_local]


def message(nts: str, start: str = NOTIFY, **headers: str) -> bytes:
    lines = [start, f"NTS: {nts}", "NT: a", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode()


class Heard:
    """Everything that a listener calls back with, in order."""

    def __init__(self) -> None:
        self.calls: asyncio.Queue[tuple[str, CaseInsensitiveDict]] = asyncio.Queue()

    def __getattr__(self, name: str) -> Any:
        def call(headers: CaseInsensitiveDict) -> None:
            self.calls.put_nowait((name, headers))

        async def async_call(headers: CaseInsensitiveDict) -> None:
            self.calls.put_nowait((name, headers))

        return async_call if name.startswith("async_") else call

    def listener(self, **kwargs: Any) -> SsdpAdvertisementListener:
        kinds = ("alive", "byebye", "update")
        callbacks = {
            name: getattr(self, name) for kind in kinds for name in (f"on_{kind}", f"async_on_{kind}")
        }
        return SsdpAdvertisementListener(**callbacks, **kwargs)

    async def next(self) -> tuple[str, CaseInsensitiveDict]:
        async with asyncio.timeout(10):
            return await self.calls.get()


@contextlib.asynccontextmanager
async def listening(listener: SsdpAdvertisementListener) -> AsyncIterator[SsdpAdvertisementListener]:
    await listener.async_start()
    try:
        yield listener
    finally:
        await listener.async_stop()
        await asyncio.sleep(0)


def test_a_callback_is_needed():
    with pytest.raises(AssertionError):
        SsdpAdvertisementListener()


def test_addresses_are_completed():
    listener = SsdpAdvertisementListener(on_alive=print)
    assert (listener.source, listener.target) == (("0.0.0.0", 0), ("239.255.255.250", 1900))
    listener = SsdpAdvertisementListener(on_alive=print, source=("fe80::1", 0, 0, 3))
    assert listener.target == ("FF02::C", 1900, 0, 3)


@pytest.mark.parametrize("kind", ["alive", "byebye", "update"])
@pytest.mark.parametrize("spelling", ["ssdp:{}", "SSDP:{}"])
async def test_announcements(kind: str, spelling: str):
    heard = Heard()
    headers = CaseInsensitiveDict({"NTS": spelling.format(kind), "NT": "a"})
    heard.listener()._on_data(NOTIFY, headers)
    assert await heard.next() == (f"on_{kind}", headers)
    assert await heard.next() == (f"async_on_{kind}", headers)
    assert headers["_source"] == SsdpSource.ADVERTISEMENT


@pytest.mark.parametrize("nts", ["ssdp:propchange", "upnp:event", "", "ssdp:alive!"])
async def test_what_announces_nothing(nts: str):
    heard = Heard()
    heard.listener()._on_data(NOTIFY, CaseInsensitiveDict({"NTS": nts}))
    heard.listener()._on_data(NOTIFY, CaseInsensitiveDict())
    await asyncio.sleep(0)
    assert heard.calls.empty()


async def test_callbacks_may_be_assigned_later():
    heard = Heard()
    listener = SsdpAdvertisementListener(on_byebye=print)
    listener.on_alive = heard.on_alive
    listener._on_data(NOTIFY, CaseInsensitiveDict({"nts": "ssdp:alive"}))
    listener._on_data(NOTIFY, CaseInsensitiveDict({"nts": "ssdp:update"}))
    assert (await heard.next())[0] == "on_alive"
    assert heard.calls.empty()


@pytest.mark.uda("D-038")
async def test_it_hears_the_group():
    port = free_port()
    heard = Heard()
    async with listening(heard.listener(source=("127.0.0.1", 0), target=(GROUP, port))), peer() as device:
        device.send(message("ssdp:alive", LOCATION="http://192.0.2.7/"), (GROUP, port))
        name, headers = await heard.next()
        assert name == "on_alive"
        assert headers["_remote_addr"] == device.address
        assert headers["_local_addr"] == (GROUP, port)
        assert headers["_location_original"] == "http://192.0.2.7/"
        device.send(message("ssdp:byebye"), (GROUP, port))
        assert [(await heard.next())[0] for _ in range(2)] == ["async_on_alive", "on_byebye"]


@pytest.mark.uda("D-038")
def test_it_hears_everywhere_also_on_interfaces_that_come_later(monkeypatch: pytest.MonkeyPatch):
    there: list[Interface] = []
    looks: list[int] = []

    def look() -> list[Interface]:
        looks.append(len(there))
        return list(there)

    monkeypatch.setattr(_ssdp_sockets, "usable_interfaces", look)

    async def main():
        port = free_port()
        heard = Heard()
        listener = heard.listener(target=(GROUP, port), everywhere=True)
        async with listening(listener), peer() as device:
            await pass_time(3 * LOOK_SECONDS + 1)
            there.append(Interface("lo", 1, ("127.0.0.1", 0)))
            await pass_time(LOOK_SECONDS)
            device.send(message("ssdp:alive"), (GROUP, port))
            assert (await heard.next())[0] == "on_alive"
        assert looks[:5] == [0, 0, 0, 0, 1], "no oftener than every few seconds"
        count = len(looks)
        await pass_time(3 * LOOK_SECONDS)
        assert len(looks) == count, "not after the stop"

    run(main())


async def test_it_listens_everywhere_before_there_is_a_route(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(socket, "socket", Routeless)
    with pytest.raises(OSError, match="No such device"):
        await Heard().listener(target=(GROUP, free_port())).async_start()
    async with listening(Heard().listener(target=(GROUP, free_port()), everywhere=True)) as listener:
        assert listener._endpoint.is_wanted


async def test_it_hears_what_others_search_for():
    port = free_port()
    heard = Heard()
    listener = heard.listener(source=("127.0.0.1", 0), target=(GROUP, port), on_search=heard.on_search)
    async with listening(listener), peer() as other:
        other.send(message("", "HTTP/1.1 200 OK"), (GROUP, port))
        other.send(message("", "M-SEARCH * HTTP/1.1", ST="ssdp:all"), (GROUP, port))
        name, headers = await heard.next()
        assert (name, headers["ST"], headers["_remote_addr"]) == ("on_search", "ssdp:all", other.address)
    async with listening(heard.listener(source=("127.0.0.1", 0), target=(GROUP, port))), peer() as other:
        other.send(message("", "M-SEARCH * HTTP/1.1", ST="ssdp:all"), (GROUP, port))
        other.send(message("ssdp:byebye"), (GROUP, port))
        assert (await heard.next())[0] == "on_byebye"


@pytest.mark.uda("V-001")
@pytest.mark.skipif(not LINK_LOCAL, reason="this machine has no link-local IPv6 address")
@pytest.mark.parametrize("group", ["FF02::C", "FF05::C"])
async def test_it_hears_the_groups_of_ipv6(group: str):
    port = free_port()
    host, interface = LINK_LOCAL[0]
    heard = Heard()
    listener = heard.listener(source=(host, 0, 0, interface), target=(group, port, 0, interface))
    async with listening(listener), peer(host, scope=interface) as device:
        device.send(message("ssdp:alive"), (group, port, 0, interface))
        assert (await heard.next())[1]["_host"] == f"{host}%{interface}"


async def test_two_listeners_hear_the_same():
    port = free_port()
    first, second = Heard(), Heard()
    where: Any = {"source": ("127.0.0.1", 0), "target": (GROUP, port)}
    async with listening(first.listener(**where)), listening(second.listener(**where)), peer() as device:
        device.send(message("ssdp:alive"), (GROUP, port))
        assert (await first.next())[0] == (await second.next())[0] == "on_alive"


@pytest.mark.parametrize(
    ("host", "source", "target"),
    [("127.0.0.1", ("127.0.0.1", 0), ["127.0.0.1", 0]), ("::1", ("::1", 0, 0, 0), ["::1", 0, 0, 0])],
)
async def test_it_hears_what_is_sent_to_a_unicast_target(host: str, source: Any, target: list[Any]):
    target[1] = free_port()
    heard = Heard()
    async with listening(heard.listener(source=source, target=tuple(target))), peer(host) as device:
        device.send(message("ssdp:update"), tuple(target))
        assert (await heard.next())[0] == "on_update"


@pytest.mark.parametrize("source", [("fe80::1", 0, 0, 0), ("tv.local", 0)])
async def test_addresses_that_cannot_be_used(source: Any):
    listener = SsdpAdvertisementListener(on_alive=print, source=source)
    with pytest.raises(UpnpError):
        await listener.async_start()
    await listener.async_stop()


async def test_it_can_be_started_again_after_a_failure():
    port = free_port()
    heard = Heard()
    listener = heard.listener(source=("127.0.0.1", 0), target=(GROUP, port))
    listener.source = ("203.0.113.77", 0)  # no address of this machine
    with pytest.raises(OSError, match=r"address|device"):
        await listener.async_start()
    listener.source = ("127.0.0.1", 0)
    async with listening(listener), peer() as device:
        device.send(message("ssdp:alive"), (GROUP, port))
        assert (await heard.next())[0] == "on_alive"


async def test_it_can_be_started_again_after_a_stop():
    port = free_port()
    heard = Heard()
    listener = heard.listener(source=("127.0.0.1", 0), target=(GROUP, port))
    for _ in range(2):
        async with listening(listener), peer() as device:
            device.send(message("ssdp:alive"), (GROUP, port))
            assert [(await heard.next())[0] for _ in range(2)] == ["on_alive", "async_on_alive"]
    await listener.async_stop()


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot bind to groups")
async def test_searches_by_unicast_are_left_to_others():
    port = free_port()
    heard = Heard()
    async with (
        peer("0.0.0.0", port) as server,
        listening(heard.listener(source=("127.0.0.1", 0), target=(GROUP, port))),
    ):
        # Which of the sockets on a port gets a datagram depends on where it comes from.
        for _ in range(20):
            async with peer() as searcher:
                searcher.send(b"a", ("127.0.0.1", port))
                assert await server.receive() == (b"a", searcher.address)


@pytest.mark.parametrize(
    "options",
    [
        (socket.SO_REUSEADDR,),
        (socket.SO_REUSEPORT,),
        (socket.SO_REUSEADDR, socket.SO_REUSEPORT),
    ],
)
def test_sockets_are_shared(options: tuple[int, ...]):
    """The port is shared as other programs share it: with the options that they use too."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        for option in options:
            other.setsockopt(socket.SOL_SOCKET, option, 1)
        other.bind(("", 0))
        port = other.getsockname()[1]

        async def start_and_stop() -> None:
            async with listening(Heard().listener(source=("127.0.0.1", 0), target=(GROUP, port))):
                pass

        asyncio.run(start_and_stop())
