"""Requests by a session of aiohttp, and by connections of their own where it cannot read the answer."""

import re
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientSession

from async_upnp_client._http import session_exchange
from async_upnp_client.aiohttp import AiohttpSessionRequester
from async_upnp_client.const import HttpRequest
from async_upnp_client.exceptions import (
    UpnpClientResponseError,
    UpnpCommunicationError,
    UpnpConnectionTimeoutError,
)
from async_upnp_client.limits import DEFAULT_LIMITS
from tests.support.named_loop import run_with_names
from tests.support.wire import SILENCE, serving

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
ODD = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\nno colon\r\n\r\nok"
ODDLY_FOUND = b"HTTP/1.1 302 Found\r\nno colon\r\nLocation: /y\r\nContent-Length: 0\r\n\r\n"


def get(url, method="GET", headers=None, body=None, **fields):
    return HttpRequest(method, url, headers or {}, body, **fields)


@pytest.fixture
async def session():
    async with ClientSession() as session:
        yield session


class Session:
    """Stands in for aiohttp's session in tests of applications: an answer, and what was asked."""

    def __init__(self):
        self.asked = []
        self.status = 200
        self.headers = {}

    @asynccontextmanager
    async def request(self, method, url, **options):
        self.asked.append((method, url, options))
        yield self

    async def text(self):
        return "text"


def test_a_certificate_is_to_be_for_the_name():
    async def main(loop):
        session: Any = Session()
        response = await AiohttpSessionRequester(session).async_http_request(get("https://tv.local/x"))
        assert response.body == "text"
        ((method, url, options),) = session.asked
        assert (method, url) == ("GET", "https://192.0.2.1/x")
        assert (options["server_hostname"], options["headers"]["Host"]) == ("tv.local", "tv.local")
        assert options["allow_redirects"] is False

    run_with_names({"tv.local": [["192.0.2.1"]]}, main)


async def test_a_session_with_a_base_url_gets_paths():
    async with serving(OK) as wire, ClientSession(wire.url("/")) as session:
        assert (await AiohttpSessionRequester(session).async_http_request(get("/x"))).body == "ok"


# --- Answers that aiohttp cannot read ---


async def test_what_aiohttp_cannot_read_is_asked_again_and_read_leniently(session):
    requester = AiohttpSessionRequester(session)
    async with serving(ODD) as wire:
        for _ in range(2):
            response = await requester.async_http_request(get(wire.url()))
            assert (response.status_code, response.body) == (200, "ok")
        assert len(wire.requests) == 3, "that it needs leniency is known the second time"
        assert [b"\r\nConnection: close\r\n" in request for request in wire.requests] == [False, True, True]


async def test_what_may_not_arrive_twice_is_sent_once(session):
    requester = AiohttpSessionRequester(session)
    async with serving(ODD) as wire:
        with pytest.raises(UpnpClientResponseError) as caught:
            await requester.async_http_request(get(wire.url(), "POST", body="play"))
        assert str(caught.value.request_info.real_url) == wire.url()
        assert len(wire.requests) == 1
        assert (await requester.async_http_request(get(wire.url(), "POST", body="play"))).body == "ok"
        assert [len(re.findall(rb"play$", request)) for request in wire.requests] == [1, 1]


async def test_leniency_follows_redirects_as_strictness_does(session):
    requester = AiohttpSessionRequester(session)
    async with serving(ODDLY_FOUND, ODDLY_FOUND, ODD) as wire:
        response = await requester.async_http_request(get(wire.url()))
        assert (response.body, response.url) == ("ok", wire.url("/y"))
    async with serving(ODDLY_FOUND) as wire:
        with pytest.raises(UpnpCommunicationError, match="redirected 5 times"):
            await requester.async_http_request(get(wire.url()))
        assert len(wire.requests) == 1 + DEFAULT_LIMITS.redirects


async def test_leniency_has_the_same_limits(session):
    requester = AiohttpSessionRequester(session, timeout=0.2, max_size=10)  # type: ignore[arg-type]
    async with serving(ODD, SILENCE) as wire:
        with pytest.raises(UpnpConnectionTimeoutError):
            await requester.async_http_request(get(wire.url()))
    async with serving(b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n" + b"x" * 11) as wire:
        with pytest.raises(UpnpCommunicationError):
            await requester.async_http_request(get(wire.url()))


async def test_an_answer_that_is_unreadable_and_cut_off_is_both(session):
    requester = AiohttpSessionRequester(session)
    async with serving(b"HTTP/1.1 200 OK\r\nX y\r\nContent-Length: 9\r\n\r\n<a>") as wire:
        with pytest.raises(UpnpClientResponseError, match="Invalid header"):
            await requester.async_http_request(get(wire.url()))


async def test_who_needs_leniency_is_remembered_within_bounds(monkeypatch, session):
    monkeypatch.setattr(session_exchange, "ORIGINS_REMEMBERED", 1)
    requester = AiohttpSessionRequester(session)
    async with serving(ODD) as one, serving(ODD) as two:
        for wire in (one, two, one):
            assert (await requester.async_http_request(get(wire.url()))).body == "ok"
        assert (len(one.requests), len(two.requests)) == (4, 2)
