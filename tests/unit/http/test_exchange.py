"""One exchange: names, redirects and time-outs over real sockets. Bytes and errors: `test_aiohttp`."""

import asyncio
import re
from contextlib import asynccontextmanager

import pytest
from aiohttp import ClientSession

from async_upnp_client.aiohttp import AiohttpRequester, AiohttpSessionRequester
from async_upnp_client.const import HttpRequest
from async_upnp_client.exceptions import (
    UpnpClientResponseError,
    UpnpConnectionError,
    UpnpConnectionTimeoutError,
    UpnpUrlError,
)
from async_upnp_client.limits import DEFAULT_LIMITS
from async_upnp_client.url_policy import UrlPolicy
from tests.support.named_loop import NEVER, NamedLoop, run_with_names
from tests.support.wire import SILENCE, serving

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
DEVICE = "127.0.0.2"  # on loopback, and taken for a machine of the network by `Network`
NOBODY = "127.0.0.3"


class Network(UrlPolicy):
    """A policy for which some addresses of this machine belong to others, so that there can be others."""

    def check_address(self, url, ip):
        return super().check_address(url, ip) if ip not in {DEVICE, NOBODY} else url.replace("tv.local", ip)


def found(location):
    return b"HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % location.encode()


def get(url, method="GET", headers=None, body=None, **fields):
    return HttpRequest(method, url, headers or {}, body, **fields)


@asynccontextmanager
async def requesters(**options):
    async with ClientSession() as session:
        yield AiohttpRequester(**options), AiohttpSessionRequester(session, **options)


def header(request, name):
    return re.findall(rb"(?im)^%s: (.*)\r$" % name, request)


def test_a_name_is_looked_up_and_sent_as_host():
    async def main(loop):
        async with serving(OK, keep=True) as wire, requesters() as both:
            for requester in both:
                url = f"http://localhost:{wire.port}/x"
                assert (await requester.async_http_request(get(url))).body == "ok"
                await requester.async_http_request(get(url, "POST", {"HOST": "mine"}, "x"))
        assert loop.looked_up == ["localhost"] * 4
        hosts = [header(request, b"host") for request in wire.requests]
        assert hosts == [[b"localhost:%d" % wire.port], [b"mine"]] * 2

    run_with_names({"localhost": [["127.0.0.1"]]}, main)


def test_a_name_that_leads_to_this_machine_is_refused():
    async def main(loop):
        async with serving(OK) as wire, requesters() as both:
            url = f"http://tv.local:{wire.port}/x"
            for requester in both:
                with pytest.raises(UpnpUrlError, match=f"^GET {url}: URL {url} leads to 127.0.0.1, "):
                    await requester.async_http_request(get(url))
        assert wire.connections == 0

    run_with_names({"tv.local": [["127.0.0.1"]]}, main)


def test_the_next_address_is_tried_where_nobody_listens():
    async def main(loop):
        async with serving(OK, host=DEVICE) as wire, requesters(url_policy=Network()) as both:
            for requester in both:
                response = await requester.async_http_request(
                    get(f"http://tv.local:{wire.port}/", "POST", {}, "x")
                )
                assert response.body == "ok"
            with pytest.raises(UpnpConnectionError):
                await both[0].async_http_request(get(f"http://nobody.local:{wire.port}/"))
        assert len(wire.requests) == 2

    names = {"tv.local": [[NOBODY, DEVICE]], "nobody.local": [[NOBODY, NOBODY]]}
    run_with_names(names, main)


class DroppingLoop(NamedLoop):
    """A loop in whose network nothing comes back from one address."""

    async def sock_connect(self, sock, address):
        if address[0] == NOBODY:
            await asyncio.Event().wait()  # for ever
        await super().sock_connect(sock, address)


def test_the_next_address_is_tried_where_nothing_comes_back():
    async def main(loop):
        async with serving(OK, host=DEVICE) as wire, requesters(url_policy=Network()) as both:
            asked = get(f"http://tv.local:{wire.port}/", "POST", {}, "x", timeout=2.0)
            never = get(f"http://nobody.local:{wire.port}/", timeout=0.05)
            for requester in both:
                assert (await requester.async_http_request(asked)).body == "ok"
                with pytest.raises(UpnpConnectionTimeoutError):
                    await requester.async_http_request(never)

    names = {"tv.local": [[NOBODY, DEVICE]], "nobody.local": [[NOBODY]]}
    with asyncio.Runner(loop_factory=lambda: DroppingLoop(names)) as runner:
        runner.run(main(runner.get_loop()))


def test_a_name_that_does_not_exist():
    async def main(loop):
        async with requesters() as both:
            for requester in both:
                with pytest.raises(UpnpConnectionError, match=r"^GET http://nosuch\.local/: "):
                    await requester.async_http_request(get("http://nosuch.local/"))

    run_with_names({}, main)


def test_looking_up_counts_as_time():
    async def main(loop):
        async with requesters() as both:
            for requester in both:
                with pytest.raises(UpnpConnectionTimeoutError, match=r"within 0\.05 s"):
                    await requester.async_http_request(get("http://tv.local/", timeout=0.05))

    run_with_names({"tv.local": [NEVER]}, main)


async def test_all_redirects_share_one_time():
    async with serving(found("/a"), SILENCE, keep=True) as wire, requesters() as both:
        for requester in both[:1]:
            with pytest.raises(UpnpConnectionTimeoutError):
                await requester.async_http_request(get(wire.url(), timeout=0.1))


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_redirects_are_followed_to_another_port(method):
    answer = OK if method == "GET" else OK[:-2]
    async with serving(answer) as second, serving(found(second.url("/y"))) as first:
        request = get(first.url(), method, {"HOST": "mine", "Authorization": "secret", "X": "y"})
        response = await AiohttpRequester().async_http_request(request)
    assert response.status_code == 200
    (sent,) = second.requests
    assert sent.startswith(b"%s /y HTTP/1.1\r\n" % method.encode())
    assert header(sent, b"host") == [b"127.0.0.1:%d" % second.port]
    assert header(sent, b"x") == [b"y"]
    assert header(sent, b"authorization") == []


async def test_a_loop_of_redirects_ends():
    async with serving(found("/x"), keep=True) as wire, requesters() as both:
        for count, requester in enumerate(both, 1):
            with pytest.raises(UpnpClientResponseError, match=re.escape(f"GET {wire.url()}")) as caught:
                await requester.async_http_request(get(wire.url()))
            assert caught.value.status == 302
            assert len(wire.requests) == count * DEFAULT_LIMITS.redirects


async def test_an_answer_that_leads_nowhere_is_the_answer():
    async with serving(b"HTTP/1.1 302 Found\r\nContent-Length: 2\r\n\r\nno") as wire:
        response = await AiohttpRequester().async_http_request(get(wire.url()))
    assert (response.status_code, response.body) == (302, "no")


@pytest.mark.parametrize(
    "target", ["http://192.0.2.1/", "ftp://127.0.0.1/", "http://[bad", "http://0.0.0.0/"]
)
async def test_a_redirect_that_the_policy_refuses(target):
    async with serving(found(target), keep=True) as wire, requesters() as both:
        for requester in both:
            with pytest.raises(UpnpUrlError, match=re.escape(f"GET {wire.url()}: ")):
                await requester.async_http_request(get(wire.url()))
    assert len(wire.requests) == 2


@pytest.mark.uda("G-016")
async def test_a_request_comes_from_the_address_that_it_is_to_come_from():
    senders = []

    async def answer(reader, writer):
        senders.append(writer.get_extra_info("peername")[0])
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK)
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server, requesters() as both:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        for requester in both:
            assert (await requester.async_http_request(get(url, source="127.0.0.9"))).status_code == 200
    assert senders == ["127.0.0.9"] * 2


async def test_a_request_from_an_address_that_is_not_ours():
    async with serving(OK) as wire, requesters() as both:
        for requester in both:
            with pytest.raises(UpnpConnectionError):
                await requester.async_http_request(get(wire.url(), source="192.0.2.77"))
