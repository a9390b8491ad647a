"""Connections kept for a moment, by `AiohttpRequester`: when they are used again, and when they end."""

import asyncio
import contextlib

import pytest

from async_upnp_client._http import kept_connections
from async_upnp_client._http.kept_connections import KEPT_PER_ADDRESS, KEPT_SECONDS
from async_upnp_client.aiohttp import AiohttpRequester
from async_upnp_client.const import HttpRequest
from async_upnp_client.exceptions import UpnpConnectionError
from tests.support.virtual_time import pass_time, run
from tests.support.wire import SILENCE, read_request, serving

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def get(url, method="GET", body=None, **fields):
    return HttpRequest(method, url, {}, body, **fields)


async def bodies(requester, *requests):
    return [(await requester.async_http_request(request)).body for request in requests]


async def test_what_follows_one_upon_the_other_has_one_connection():
    requester = AiohttpRequester()
    async with serving(OK, keep=True) as wire:
        call = get(wire.url(), "POST", "x", repeatable=True)
        assert await bodies(requester, get(wire.url()), call, get(wire.url())) == ["ok"] * 3
        assert wire.connections == 1


async def test_a_device_that_hangs_up_costs_nothing():
    requester = AiohttpRequester()
    async with serving(OK) as wire:
        assert await bodies(requester, *[get(wire.url())] * 5) == ["ok"] * 5
        assert wire.connections == 5


async def test_what_is_not_to_arrive_twice_has_a_new_connection():
    requester = AiohttpRequester()
    async with serving(OK, keep=True) as wire:
        call = get(wire.url(), "POST", "x")
        assert await bodies(requester, get(wire.url()), call, call, get(wire.url())) == ["ok"] * 4
        assert wire.connections == 3, "which is good for what follows"


async def test_what_is_kept_can_be_closed():
    requester = AiohttpRequester()
    await requester.async_close()
    async with serving(OK, keep=True) as wire:
        await bodies(requester, get(wire.url()))
        await requester.async_close()
        assert requester._kept is not None
        assert requester._kept._timer is None, "nothing is waited for"
        assert await bodies(requester, get(wire.url())) == ["ok"]
        assert wire.connections == 2


def test_a_loop_that_is_closed_by_hand():
    requester = AiohttpRequester()

    async def main():
        async with serving(OK, keep=True) as wire:
            await bodies(requester, get(wire.url()))
            await requester.async_close()

    loop = asyncio.new_event_loop()
    loop.run_until_complete(main())
    loop.close()


def test_connections_are_kept_for_a_moment():
    async def main():
        requester = AiohttpRequester()
        async with serving(OK, keep=True) as wire:
            await bodies(requester, get(wire.url()))
            await pass_time(KEPT_SECONDS * 0.9)
            await bodies(requester, get(wire.url()))
            await pass_time(KEPT_SECONDS * 0.9)
            await bodies(requester, get(wire.url()))
            assert wire.connections == 1
            await pass_time(KEPT_SECONDS * 1.1)
            await bodies(requester, get(wire.url()))
            assert wire.connections == 2

    run(main())


class HangsUp:
    """A device that hangs up in place of the answers of these numbers."""

    def __init__(self, *numbers):
        self.numbers = numbers
        self.asked = 0

    async def serve(self, reader, writer):
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                await read_request(reader)
                self.asked += 1
                if self.asked in self.numbers:
                    break
                writer.write(OK)
        writer.close()

    @contextlib.asynccontextmanager
    async def listening(self):
        async with await asyncio.start_server(self.serve, "127.0.0.1", 0) as server:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


async def test_a_kept_connection_that_is_closed_as_it_is_used():
    device, requester = HangsUp(2), AiohttpRequester()
    async with device.listening() as url:
        search = get(url, "POST", "x", repeatable=True)
        assert await bodies(requester, search, search) == ["ok"] * 2
        assert device.asked == 3
        await requester.async_close()


async def test_a_new_connection_that_is_closed_says_it_all():
    device, requester = HangsUp(1), AiohttpRequester()
    async with device.listening() as url:
        with pytest.raises(UpnpConnectionError):
            await bodies(requester, get(url, "POST", "x", repeatable=True))
        assert device.asked == 1


def test_each_loop_has_its_own():
    requester = AiohttpRequester()

    async def main():
        async with serving(OK, keep=True) as wire:
            return await bodies(requester, *[get(wire.url())] * 2)

    assert asyncio.run(main()) == asyncio.run(main()) == ["ok"] * 2


async def test_what_is_in_use_is_not_closed():
    requester = AiohttpRequester()
    async with serving(SILENCE, OK, keep=True) as wire:
        silent = asyncio.ensure_future(requester.async_http_request(get(wire.url())))
        await wire.asked.wait()
        assert await bodies(requester, get(wire.url())) == ["ok"]
        await requester.async_close()
        assert not silent.done()
        silent.cancel()
        with pytest.raises(asyncio.CancelledError):
            await silent


async def test_connections_lead_to_one_address_from_one_of_ours():
    requester = AiohttpRequester()
    async with serving(OK, keep=True) as wire:
        other = wire.url().replace("127.0.0.1", "localhost")
        asked = get(wire.url()), get(other), get(wire.url(), source="127.0.0.5"), get(wire.url())
        assert await bodies(requester, *asked) == ["ok"] * 4
        assert wire.connections == 2
    await requester.async_close()


async def test_few_wait_for_one_device():
    requester = AiohttpRequester()
    async with serving(OK, keep=True) as wire:
        many = [get(wire.url())] * (KEPT_PER_ADDRESS + 3)
        for connections in (len(many), len(many) + 3):
            await asyncio.gather(*(requester.async_http_request(request) for request in many))
            assert wire.connections == connections
    await requester.async_close()


async def test_a_bounded_number_waits_in_all(monkeypatch):
    monkeypatch.setattr(kept_connections, "KEPT", 1)
    requester = AiohttpRequester()
    async with serving(OK, keep=True) as one, serving(OK, keep=True) as two:
        await bodies(requester, get(one.url()), get(two.url()), get(two.url()), get(one.url()))
        assert (one.connections, two.connections) == (2, 1)
    await requester.async_close()


async def test_a_bounded_number_is_in_use(monkeypatch):
    monkeypatch.setattr(kept_connections, "CONNECTIONS", 1)
    requester = AiohttpRequester()
    async with serving(OK, keep=True) as wire:
        many = [get(wire.url())] * 3
        await asyncio.gather(*(requester.async_http_request(request) for request in many))
        assert wire.connections == 1
    await requester.async_close()


def test_a_requester_that_nobody_holds_any_more_leaves_nothing():
    async def main():
        async with serving(OK, keep=True) as wire:
            await bodies(AiohttpRequester(), get(wire.url()))
            await pass_time(KEPT_SECONDS * 1.1)

    run(main())
