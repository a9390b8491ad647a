"""Requests to devices whose HTTP aiohttp cannot read: what goes out, and when an answer is over."""

import asyncio
import re

import pytest

from async_upnp_client._http.lenient import NoHttpError
from async_upnp_client._http.lenient_exchange import GRACE, async_ask_leniently, written
from async_upnp_client._http.route import Route
from async_upnp_client.const import HttpRequest
from async_upnp_client.limits import DEFAULT_LIMITS
from tests.support.virtual_time import run
from tests.support.wire import SILENCE, serving

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def ask(wire, method="GET", path="/x", body=None, headers=None, host=None, source=None):
    url = wire.url(path)
    return async_ask_leniently(
        HttpRequest(method, url, {}, body, source=source),
        Route(url, host),
        headers or {},
        1000,
        DEFAULT_LIMITS,
    )


def test_what_goes_out_is_proper():
    async def main():
        async with serving(OK) as wire:
            answer = await ask(wire, "POST", "/a b/é?x=%20&y", "<é/>", {"SOAPACTION": '"urn:x#Y"'})
            assert (answer.status, answer.body) == (200, b"ok")
            await ask(wire, host="tv.local", source="127.0.0.3")
            await ask(wire, path="")
            posted, named, bare = wire.requests
            host = f"127.0.0.1:{wire.port}".encode()
            assert posted == (
                b"POST /a%20b/%C3%A9?x=%20&y HTTP/1.1\r\nHost: " + host + b'\r\nSOAPACTION: "urn:x#Y"\r\n'
                b"Connection: close\r\nContent-Length: 5\r\n\r\n<\xc3\xa9/>"
            )
            assert named == b"GET /x HTTP/1.1\r\nHost: tv.local\r\nConnection: close\r\n\r\n"
            assert bare.startswith(b"GET / HTTP/1.1\r\n")

    asyncio.run(main())


def test_ipv6_and_a_host_of_ones_own():
    async def main():
        async with serving(OK, host="::1") as wire:
            await ask(wire, headers={"host": "mine"})
            await ask(wire)
            assert [re.findall(rb"(?i)host: (.*)\r", request) for request in wire.requests] == [
                [b"mine"],
                [f"[::1]:{wire.port}".encode()],
            ]

    asyncio.run(main())


@pytest.mark.parametrize("headers", [{"X": "a\r\nY: b"}, {"X\n": "a"}])
def test_nothing_is_smuggled(headers):
    with pytest.raises(ValueError, match="line break"):
        written(HttpRequest("GET", "http://192.0.2.1/", {}, None), "/", headers)


@pytest.mark.parametrize("url", ["gopher://192.0.2.1/", "http://[::1/"])
def test_only_http_is_asked(url):
    with pytest.raises(ValueError, match="No URL of HTTP"):
        asyncio.run(
            async_ask_leniently(HttpRequest("GET", url, {}, None), Route(url), {}, 1000, DEFAULT_LIMITS)
        )


def test_an_answer_is_over_when_it_may_be_and_nothing_more_comes():
    async def main():
        loop = asyncio.get_running_loop()
        short = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n<a>hello"
        async with serving(short, b"HTTP/1.1 200 OK\r\nSID: uuid:1\r\n\r\n", keep=True) as wire:
            for method, body in (("GET", b"<a>h"), ("SUBSCRIBE", b"")):
                begun = loop.time()
                answer = await ask(wire, method)
                assert answer.body == body
                assert GRACE <= loop.time() - begun < 2 * GRACE

    run(main())


def test_what_is_no_answer_is_an_error_and_silence_waits():
    async def main():
        async with serving(b"what?\r\n\r\n", b"", SILENCE) as wire:
            for said in ("what", "no HTTP"):
                with pytest.raises(NoHttpError, match=said):
                    await ask(wire)
            silent = asyncio.ensure_future(ask(wire))
            wire.asked.clear()
            await wire.asked.wait()
            silent.cancel()
            with pytest.raises(asyncio.CancelledError):
                await silent

    asyncio.run(main())
