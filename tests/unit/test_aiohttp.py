"""Requesters and notify server, byte by byte on loopback."""

import asyncio
import contextlib
import errno
import gzip
import logging
import re
import sys
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import ClientSession

import async_upnp_client.aiohttp as module
from async_upnp_client._http.device_connection import NotConnectedError
from async_upnp_client._http.lenient import HEAD_BYTES
from async_upnp_client._product import user_agent
from async_upnp_client._protocol.control import build_call, call_headers
from async_upnp_client._protocol.eventing import subscribe_headers
from async_upnp_client.aiohttp import AiohttpNotifyServer, AiohttpRequester, AiohttpSessionRequester
from async_upnp_client.const import HttpRequest, HttpResponse
from async_upnp_client.event_handler import UpnpEventHandler, UpnpNotifyServer
from async_upnp_client.exceptions import (
    UpnpClientResponseError,
    UpnpCommunicationError,
    UpnpConnectionError,
    UpnpConnectionTimeoutError,
    UpnpServerOSError,
)
from async_upnp_client.limits import DEFAULT_LIMITS
from tests.support.eventing import Publisher, evented_service, propertyset
from tests.support.wire import HANG_UP, SILENCE, send, serving

SERVICE = "urn:schemas-upnp-org:service:RenderingControl:1"
AGENT = user_agent().encode()
BODY = b'<?xml version="1.0"?>\n<root><a>b</a></root>'
EMPTY = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def ok(body=BODY, headers=b""):
    return b"HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s" % (headers, len(body), body)


def get(url, method="GET", headers=None, body=None, **fields):
    return HttpRequest(method, url, headers or {}, body, **fields)


@pytest.fixture(params=["requester", "session"])
async def requester(request):
    if request.param == "requester":
        yield AiohttpRequester(timeout=2)
    else:
        async with ClientSession() as session:
            yield AiohttpSessionRequester(session, timeout=2)


# --- The bytes of a request ---


@pytest.mark.uda("C-001")
@pytest.mark.uda("C-002")
@pytest.mark.uda("C-003")
@pytest.mark.uda("S-003")
async def test_bytes_of_an_action(requester):
    async with serving(ok()) as wire:
        url = wire.url("/ctl")
        body = build_call(SERVICE, "SetName", [("Name", "Küche")])
        headers = call_headers(url, SERVICE, "SetName")
        await requester.async_http_request(get(url, "POST", headers, body))
    assert wire.requests == [
        b"POST /ctl HTTP/1.1\r\n"
        b"HOST: 127.0.0.1:%d\r\n"
        b"User-Agent: %s\r\n"
        b'CONTENT-TYPE: text/xml; charset="utf-8"\r\n'
        b'SOAPACTION: "urn:schemas-upnp-org:service:RenderingControl:1#SetName"\r\n'
        b"Accept: */*\r\n"
        b"Content-Length: %d\r\n"
        b"\r\n"
        b"%s" % (wire.port, AGENT, len(body.encode()), body.encode())
    ]


@pytest.mark.uda("E-001")
@pytest.mark.uda("C-003")
async def test_bytes_of_a_subscription(requester):
    async with serving(EMPTY) as wire:
        url = wire.url("/evt")
        headers = subscribe_headers(url, "http://192.0.2.2:8090/notify", timedelta(minutes=30))
        await requester.async_http_request(get(url, "SUBSCRIBE", headers))
    assert wire.requests == [
        b"SUBSCRIBE /evt HTTP/1.1\r\n"
        b"HOST: 127.0.0.1:%d\r\n"
        b"User-Agent: %s\r\n"
        b"NT: upnp:event\r\n"
        b"TIMEOUT: Second-1800\r\n"
        b"CALLBACK: <http://192.0.2.2:8090/notify>\r\n"
        b"Accept: */*\r\n"
        b"Content-Length: 0\r\n"
        b"\r\n" % (wire.port, AGENT)
    ]


async def test_bytes_of_a_description(requester):
    async with serving(ok()) as wire:
        await requester.async_http_request(get(wire.url("/d.xml")))
    assert wire.requests == [
        b"GET /d.xml HTTP/1.1\r\n"
        b"Host: 127.0.0.1:%d\r\n"
        b"User-Agent: %s\r\n"
        b"Accept: */*\r\n"
        b"\r\n" % (wire.port, AGENT)
    ]


@pytest.mark.uda("S-003")
async def test_headers_of_the_caller():
    requester = AiohttpRequester(http_headers={"user-agent": "Android", "X-Both": "constructor"})
    async with serving(EMPTY) as wire:
        await requester.async_http_request(
            get(wire.url(), headers={"X-BOTH": "request", "Accept-Encoding": "gzip"})
        )
    (request,) = wire.requests
    assert b"user-agent: Android\r\n" in request
    assert b"X-BOTH: request\r\n" in request
    assert b"Accept-Encoding: gzip\r\n" in request
    names = [line.split(b":")[0].lower() for line in request.split(b"\r\n")[1:-2]]
    assert len(names) == len(set(names))


async def test_http_headers_may_be_none():
    async with serving(EMPTY) as wire, ClientSession() as session:
        requester = AiohttpSessionRequester(timeout=2, http_headers=None, session=session)
        assert (await requester.async_http_request(get(wire.url()))).status_code == 200


@pytest.mark.uda("S-003")
async def test_the_agent_of_a_session_stays():
    async with serving(EMPTY) as wire, ClientSession(headers={"USER-AGENT": "Home/1"}) as session:
        await AiohttpSessionRequester(session).async_http_request(get(wire.url()))
    assert re.findall(rb"(?im)^user-agent: (.*)\r$", wire.requests[0]) == [b"Home/1"]


@pytest.mark.uda("V-005")
async def test_a_zone_connects_and_is_not_sent(requester):
    async with serving(EMPTY, host="::1") as wire:
        await requester.async_http_request(get(wire.url(zone="%1")))
    assert b"\r\nHost: [::1]:%d\r\n" % wire.port in wire.requests[0]


# --- Answers ---


@pytest.mark.uda("C-029")
@pytest.mark.uda("S-001")
@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(ok(), id="plain"),
        pytest.param(b"HTTP/1.0 200 OK\r\n\r\n" + BODY, id="http-1.0-to-close"),
        pytest.param(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + BODY, id="to-close"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n"
            % (BODY[:7], len(BODY) - 7, BODY[7:]),
            id="chunked",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(BODY), BODY),
            id="chunked-without-end",
        ),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n" + BODY, id="length-too-large"),
        pytest.param(b"HTTP/1.1 100 Continue\r\n\r\n" + ok(), id="100-continue"),
        pytest.param(b"HTTP/1.1 200\r\n\r\n" + BODY, id="no-reason"),
        pytest.param(b"HTTP/1.1 200 OK\nContent-Length: %d\n\n%s" % (len(BODY), BODY), id="line-feeds-only"),
        pytest.param(ok(headers=b"Server: a\r\nServer: b\r\n"), id="server-twice"),
        pytest.param(ok(headers=b"Server: \xe9\xff\x01\r\n"), id="odd-bytes"),
        pytest.param(ok(headers=b'Content-Type: text/xml; charset="utf8-x\r\n'), id="unknown-charset"),
        pytest.param(ok(headers=b"Content-Type: ;;;=\r\n"), id="broken-content-type"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(BODY), id="compressed"
        ),
    ],
)
async def test_a_body_however_it_is_framed(requester, answer):
    async with serving(answer) as wire:
        response = await requester.async_http_request(get(wire.url()))
    assert response.status_code == 200
    assert response.body == BODY.decode()


@pytest.mark.parametrize(
    ("headers", "data", "text"),
    [
        (b"", "é".encode(), "é"),
        (b"Content-Type: text/xml; charset=iso-8859-1\r\n", b"\xe9", "é"),
        (b"Content-Type: text/xml\r\n", b'<?xml version="1.0" encoding="iso-8859-1"?><a>\xe9</a>', None),
        (b"", b"\xef\xbb\xbf<a/>", None),
        (b"Content-Type: text/xml; charset=utf-8\r\n", b"\xf0_\xf0", None),
    ],
)
async def test_bodies_are_decoded_whatever_their_bytes(requester, headers, data, text):
    async with serving(ok(data, headers)) as wire:
        response = await requester.async_http_request(get(wire.url()))
    assert isinstance(response.body, str)
    if text is not None:
        assert response.body == text


@pytest.mark.parametrize("status", [201, 204, 404, 412, 500, 503])
async def test_any_status_is_an_answer(requester, status):
    async with serving(b"HTTP/1.1 %d X\r\nContent-Length: 0\r\nSiD: 1\r\n\r\n" % status) as wire:
        response = await requester.async_http_request(get(wire.url()))
    assert isinstance(response, HttpResponse)
    assert (response.status_code, response.body) == (status, "")
    assert response.headers["sid"] == response.headers["SID"] == "1"


def found(location):
    return b"HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % location


@pytest.mark.parametrize(("method", "followed"), [("GET", True), ("POST", False), ("SUBSCRIBE", False)])
async def test_redirects_are_followed_where_it_does_no_harm(requester, method, followed):
    async with serving(found(b"/y"), ok(), keep=True) as wire:
        response = await requester.async_http_request(get(wire.url(), method))
    assert response.status_code == (200 if followed else 302)
    assert len(wire.requests) == (2 if followed else 1)


@pytest.mark.parametrize("location", [b"/x", b"http://[bad", b"ftp://192.0.2.1/"])
async def test_redirects_that_lead_nowhere(requester, location):
    async with serving(found(location), keep=True) as wire:
        with pytest.raises(UpnpCommunicationError, match=re.escape(f"GET {wire.url()}")):
            await requester.async_http_request(get(wire.url()))
    assert len(wire.requests) <= DEFAULT_LIMITS.redirects


@pytest.mark.parametrize("size", [b"", b"Content-Length: 2001\r\n"])
async def test_a_body_over_the_limit(size):
    async with serving(b"HTTP/1.1 200 OK\r\n%s\r\n" % size + b"x" * 2001) as wire:
        url = wire.url()
        with pytest.raises(UpnpCommunicationError, match=f"^GET {url}: the body exceeds 2000 bytes$"):
            await AiohttpRequester(max_size=2000).async_http_request(get(url))
        assert (await AiohttpRequester(max_size=2001).async_http_request(get(url))).body == "x" * 2001


async def test_a_compressed_body_over_the_limit():
    bomb = gzip.compress(b"x" * 3_000_000)
    async with serving(ok(bomb, b"Content-Encoding: gzip\r\n")) as wire:
        with pytest.raises(UpnpCommunicationError, match="exceeds"):
            await AiohttpRequester(max_size=1_000_000).async_http_request(get(wire.url()))


# --- Errors ---


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"hello world\r\n\r\n", id="no-http"),
        pytest.param(b"<a>no head</a>", id="no-head"),
        pytest.param(b"HTTP/1.1 ok\r\n\r\n<a/>", id="no-status"),
    ],
)
async def test_what_is_no_http(requester, answer):
    async with serving(answer) as wire:
        with pytest.raises(UpnpClientResponseError) as caught:
            await requester.async_http_request(get(wire.url()))
    assert f"GET {wire.url()}" in caught.value.message
    assert caught.value.status == 400
    assert str(caught.value.request_info.real_url) == wire.url()
    assert caught.value.request_info.method == "GET"
    assert f"url='{wire.url()}'" in str(caught.value)


@pytest.mark.parametrize("head", [b"HTTP/1.1", b"HTTP/1.1 200 OK\r\nContent-Le"])
async def test_headers_that_are_cut_off(requester, head):
    async with serving(head) as wire:
        with pytest.raises(UpnpConnectionError, match=re.escape(f"POST {wire.url()}")):
            await requester.async_http_request(get(wire.url(), "POST"))
    assert len(wire.requests) == 1


@pytest.mark.parametrize("head", [b"", b"X y\r\n"])
async def test_a_body_that_is_cut_off(requester, head):
    async with serving(b"HTTP/1.1 200 OK\r\n%sContent-Length: 99\r\n\r\n<a><b>" % head) as wire:
        with pytest.raises(UpnpCommunicationError, match=re.escape(f"GET {wire.url()}")) as caught:
            await requester.async_http_request(get(wire.url()))
    assert not isinstance(caught.value, UpnpConnectionError)


@pytest.mark.parametrize(
    "request_",
    [
        get("no url"),
        get("http://"),
        get("http://[::1/"),
        get("http://127.0.0.1:99999/"),
        get("http://127.0.0.1:1/", headers={"SOAPACTION": '"a\r\nX: y#b"'}),
        get("http://127.0.0.1:1/", headers={"A\nB": "c"}),
        get("http://127.0.0.1:1/", "POST", body="\ud800"),
        get("http://" + "a" * 64 + ".example/"),
    ],
)
async def test_what_http_cannot_carry(requester, request_):
    with pytest.raises(UpnpCommunicationError):
        await requester.async_http_request(request_)


async def test_a_timeout(requester):
    async with serving(SILENCE) as wire:
        with pytest.raises(UpnpConnectionTimeoutError, match=re.escape(f"GET {wire.url()}: ")) as caught:
            await requester.async_http_request(get(wire.url(), timeout=0.05))
    assert "within 0.05 s" in str(caught.value)
    assert isinstance(caught.value, TimeoutError)
    assert wire.connections == 1, "a timeout is not tried again"


async def test_a_timeout_while_the_body_comes(requester):
    async with serving(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<a>", keep=True) as wire:
        with pytest.raises(UpnpConnectionTimeoutError):
            await requester.async_http_request(get(wire.url(), timeout=0.05))


async def test_timeouts_of_request_and_requester():
    requester = AiohttpRequester(timeout=7)
    assert requester._timeout_for(get("http://h/")).total == 7
    assert requester._timeout_for(get("http://h/", timeout=30.0)).total == 30
    assert AiohttpRequester()._timeout_for(get("http://h/")).total == 5


async def test_a_cancelled_request_is_cancelled(requester):
    async with serving(SILENCE) as wire:
        task = asyncio.create_task(requester.async_http_request(get(wire.url())))
        await wire.asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def closed_port():
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    return port


async def test_nobody_listens(requester):
    url = f"http://127.0.0.1:{await closed_port()}/"
    with pytest.raises(UpnpConnectionError, match=re.escape(f"GET {url}")) as caught:
        await requester.async_http_request(get(url))
    assert isinstance(caught.value, aiohttp.ClientConnectionError)
    assert isinstance(caught.value.__cause__, (aiohttp.ClientConnectorError, NotConnectedError))


async def test_the_device_hangs_up(requester):
    async with serving(HANG_UP) as wire:
        with pytest.raises(UpnpConnectionError, match=re.escape(f"POST {wire.url()}")):
            await requester.async_http_request(get(wire.url(), "POST", body="x"))


# --- Another try ---


class Counting(AiohttpSessionRequester):
    tries = 0

    async def _async_http_request(self, http_request):
        self.tries += 1
        return await super()._async_http_request(http_request)


@pytest.mark.parametrize(
    ("request_", "tries"),
    [
        (("SUBSCRIBE", {}), 3),
        (("UNSUBSCRIBE", {}), 3),
        (("POST", {"repeatable": True}), 3),
        (("SUBSCRIBE", {"repeatable": False}), 1),
        (("POST", {}), 1),
        (("NOTIFY", {}), 1),
    ],
)
async def test_a_request_that_may_have_arrived_is_sent_again_only_if_that_does_no_harm(request_, tries):
    method, fields = request_
    async with serving(HANG_UP) as wire, ClientSession() as session:
        with pytest.raises(UpnpConnectionError):
            await Counting(session).async_http_request(get(wire.url(), method, **fields))
    assert len(wire.requests) == tries


async def test_the_third_try_may_succeed():
    async with serving(HANG_UP, HANG_UP, ok()) as wire, ClientSession() as session:
        response = await AiohttpSessionRequester(session).async_http_request(get(wire.url(), "SUBSCRIBE"))
    assert response.body == BODY.decode()


async def test_what_cannot_have_arrived_is_tried_again():
    async with ClientSession() as session:
        requester = Counting(session, with_sleep=True)
        with pytest.raises(UpnpConnectionError):
            await requester.async_http_request(get(f"http://127.0.0.1:{await closed_port()}/", "POST"))
    assert requester.tries == 3


class StaleSession:
    """A session whose kept connections turn out to be closed, as aiohttp reports it, then works."""

    def __init__(self, session: Any, failures: int) -> None:
        self.session = session
        self.failures = failures

    def request(self, *args, **kwargs):
        if self.failures:
            self.failures -= 1
            error = aiohttp.ClientOSError(None, "Can not write request body")
            error.__cause__ = ConnectionResetError("Cannot write to closing transport")
            raise error
        return self.session.request(*args, **kwargs)


async def test_a_kept_connection_that_was_closed_is_replaced():
    async with serving(ok()) as wire, ClientSession() as session:
        stale: Any = StaleSession(session, failures=2)
        requester = AiohttpSessionRequester(stale)
        response = await requester.async_http_request(get(wire.url(), "POST", body="x"))
        assert response.body == BODY.decode()
        stale.failures = 3
        with pytest.raises(UpnpConnectionError):
            await requester.async_http_request(get(wire.url(), "POST"))
        assert len(wire.requests) == 1


async def test_a_session_keeps_its_connection_and_stays_open():
    async with serving(ok(), keep=True) as wire, ClientSession() as session:
        requester = AiohttpSessionRequester(session, True, 10)
        for _ in range(3):
            await requester.async_http_request(get(wire.url()))
        assert wire.connections == 1
        assert not session.closed


# --- Sessions that stand in for aiohttp's ---


class StandIn:
    """A session as tests of applications have them: only what 0.49.0 asked of one."""

    status = 200
    headers = {"SID": "1"}  # noqa: RUF012  # read only

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        pass

    def request(self, method, url, **_kwargs):
        self.asked = method, url
        return self

    async def read(self):
        return b"text"

    async def text(self):
        return "text"


async def test_a_session_class_may_be_replaced(monkeypatch):
    monkeypatch.setattr(module, "ClientSession", StandIn)
    response = await AiohttpRequester().async_http_request(get("http://192.0.2.1/"))
    assert response == HttpResponse(200, {"SID": "1"}, "text")


@pytest.mark.parametrize("name", ["request", "_request"])
async def test_the_request_method_of_sessions_may_be_replaced(monkeypatch, name):
    def fail(*_args, **_kwargs):
        raise aiohttp.ClientConnectionError("no")

    monkeypatch.setattr(f"async_upnp_client.aiohttp.aiohttp.ClientSession.{name}", fail)
    with pytest.raises(UpnpConnectionError, match=r"no$"):
        await AiohttpRequester().async_http_request(get("http://192.0.2.1/"))


def test_names_that_0_49_0_had():
    assert module._fixed_host_header("http://[fe80::1%1]/") == {"Host": "[fe80::1]"}
    assert module.UpnpEventHandler is UpnpEventHandler


# --- Notify server ---


@pytest.fixture
async def server():
    server = AiohttpNotifyServer(Publisher(), ("127.0.0.1", 0))
    await server.async_start_server()
    yield server
    await server.async_stop_server()


@pytest.fixture
async def listening(server):
    """A server whose handler has a subscription uuid:1."""
    service, listener = evented_service()
    await server.event_handler.async_subscribe(service)
    return server, listener


def raw_notify(body=None, *, path=b"/notify", version=b"1.1", head=b"", sid=b"uuid:1", method=b"NOTIFY"):
    body = propertyset(Status="1").encode() if body is None else body
    return (
        b"%s %s HTTP/%s\r\nHOST: 192.0.2.2\r\nCONTENT-TYPE: text/xml\r\nNT: upnp:event\r\n"
        b"NTS: upnp:propchange\r\nSID: %s\r\nSEQ: 0\r\nConnection: close\r\n%sContent-Length: %d\r\n\r\n%s"
        % (method, path, version, sid, head, len(body), body)
    )


def status_of(answer):
    return int(answer.split(b" ", 2)[1])


async def test_an_event_comes_in(listening):
    server, listener = listening
    answer = await send(server.listen_port, raw_notify())
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"\r\nContent-Length: 0\r\n" in answer
    assert listener.events == [{"Status": "1"}]


async def test_the_request_as_the_event_handler_gets_it(listening):
    server, _ = listening
    seen = []

    def on_pre_notify(request):
        seen.append(request)
        return request

    server.event_handler.on_pre_notify = on_pre_notify
    await send(server.listen_port, raw_notify(path=b"/else?x=y"))
    (request,) = seen
    assert (request.method, request.url) == ("NOTIFY", server.callback_url)
    assert request.headers["sid"] == request.headers["SID"] == "uuid:1"
    assert request.body == propertyset(Status="1")


@pytest.mark.uda("E-039")
@pytest.mark.parametrize(
    "path",
    [
        b"/notify/",
        b"/",
        b"/notify<http://192.0.2.2/n>",
        b"/notify,http://x/",
        b"/%00?a=%zz",
        b"http://h/notify",
    ],
)
async def test_whatever_devices_make_of_the_path(listening, path):
    server, listener = listening
    assert status_of(await send(server.listen_port, raw_notify(path=path))) == 200
    assert listener.events == [{"Status": "1"}]


@pytest.mark.uda("E-040")
@pytest.mark.parametrize("size", [70_000, 900_000])
async def test_large_events_in_many_pieces(listening, size):
    server, listener = listening
    data = raw_notify(propertyset(Status="x" * size).encode())
    pieces = [data[n : n + 9_999] for n in range(0, len(data), 9_999)]
    assert status_of(await send(server.listen_port, *pieces)) == 200
    assert listener.events == [{"Status": "x" * size}]


@pytest.mark.uda("E-040")
async def test_a_chunked_event(listening):
    server, listener = listening
    body = propertyset(Status="1").encode()
    head = raw_notify(b"").replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    chunks = b"5\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n" % (body[:5], len(body) - 5, body[5:])
    assert status_of(await send(server.listen_port, head, chunks)) == 200
    assert listener.events == [{"Status": "1"}]


@pytest.mark.uda("E-040")
async def test_an_event_over_http_1_0(listening):
    server, listener = listening
    answer = await send(server.listen_port, raw_notify(version=b"1.0"))
    assert status_of(answer) == 200
    assert listener.events == [{"Status": "1"}]


async def test_an_event_in_another_charset(listening):
    server, listener = listening
    body = b'<?xml version="1.0" encoding="iso-8859-1"?>' + propertyset(Status="é").encode("latin-1")
    assert status_of(await send(server.listen_port, raw_notify(body))) == 200
    assert listener.events == [{"Status": "é"}]


async def test_an_event_over_the_limit(listening):
    server, listener = listening
    answer = await send(server.listen_port, raw_notify(b"x" * (DEFAULT_LIMITS.notify_bytes + 1)))
    assert status_of(answer) == 413
    assert listener.events == []


@pytest.mark.parametrize("method", [b"GET", b"POST", b"SUBSCRIBE", b"M-SEARCH"])
async def test_other_methods(server, method):
    answer = await send(server.listen_port, raw_notify(b"", method=method))
    assert status_of(answer) == 405
    assert b"\r\nAllow: NOTIFY\r\n" in answer


@pytest.mark.parametrize(
    "data",
    [
        b"no http at all\r\n\r\n",
        b"NOTIFY * HTTP/1.1\r\nNT: upnp:event\r\n\r\n",
        b"NOTIFY / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"NOTIFY / HTTP/1.1\r\nHOST: a\r\nContent-Length: 9\r\n\r\n<a>",
        b"NOTIFY / HTTP/1.1\r\nHOST: a\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
        b"NOTIFY / HTTP/1.1\r\nHOST: a\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n<a>",
        b"NOTIFY / HTTP/1.1\r\nHOST: a\r\nContent-Type: ;;=\r\nContent-Length: 0\r\n\r\n",
        b"NOTIFY / HTTP/1.1\r\nX: " + b"a" * 90_000 + b"\r\n\r\n",
        b"NOTI",
        b"\x16\x03\x01\x02\x00\x01",
    ],
)
async def test_rubbish_fills_no_log(server, caplog, data):
    await send(server.listen_port, data, half_close=True)
    assert [record for record in caplog.records if record.levelno > logging.DEBUG] == []
    # and the next one is served
    assert status_of(await send(server.listen_port, raw_notify(sid=b""))) == 412


async def test_our_own_mistakes_are_logged(server, caplog, monkeypatch):
    def broken(_request):
        raise ZeroDivisionError

    monkeypatch.setattr(server.event_handler, "receive_notify", broken)
    assert status_of(await send(server.listen_port, raw_notify())) == 500
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.uda("E-036")
async def test_refused_events(server):
    assert status_of(await send(server.listen_port, raw_notify(sid=b""))) == 412
    assert status_of(await send(server.listen_port, raw_notify().replace(b"NT:", b"XT:"))) == 400


@pytest.mark.parametrize(
    ("source", "host"), [(("127.0.0.1", 0), "127.0.0.1"), (("::1", 0, 0, 0), "::1"), (("::1", 0), "::1")]
)
async def test_where_it_listens(source, host):
    server = AiohttpNotifyServer(Publisher(), source)
    assert server.listen_port == 0
    await server.async_start_server()
    try:
        port = server.listen_port
        assert port != 0
        assert server.listen_host == str(server.listen_ip) == host
        in_url = f"[{host}]" if ":" in host else host
        assert server.callback_url == f"http://{in_url}:{port}/notify"
        assert server.event_handler.callback_url == server.callback_url
        assert status_of(await send(port, raw_notify(sid=b""), host=host)) == 412
    finally:
        await server.async_stop_server()


async def test_a_given_callback_url():
    server = AiohttpNotifyServer(Publisher(), ("0.0.0.0", 0), "http://nat.example:99/n")
    assert server.callback_url == "http://nat.example:99/n"
    assert await server.async_callback_url_for("http://127.0.0.1/") == "http://nat.example:99/n"


@pytest.mark.parametrize(
    ("source", "url", "interface", "expected"),
    [
        ("0.0.0.0", "http://{host}:{port}/n", "192.0.2.7", "http://192.0.2.7:8090/n"),
        ("0.0.0.0", "http://{host}:{port}/n", None, "http://127.0.0.1:8090/n"),
        ("0.0.0.0", None, "192.0.2.7", "http://192.0.2.7:8090/notify"),
        ("0.0.0.0", "http://nat.example:{port}/", "192.0.2.7", "http://nat.example:8090/"),
        ("192.0.2.8", None, "192.0.2.7", "http://192.0.2.8:8090/notify"),
        ("fe80::1%1", "http://{host}:99/", None, "http://[fe80::1]:99/"),
    ],
)
async def test_bind_address_announced_url_and_interface_are_three_settings(source, url, interface, expected):
    server = AiohttpNotifyServer(Publisher(), (source, 8090), url, interface=interface)
    assert await server.async_callback_url_for("http://127.0.0.1:5000/evt") == expected
    if interface or source != "0.0.0.0":
        assert server.callback_url == expected


async def test_requests_leave_from_the_given_interface():
    publisher = Publisher()
    server = AiohttpNotifyServer(publisher, ("127.0.0.1", 0), interface="127.0.0.7")
    service, _ = evented_service()
    await server.event_handler.async_subscribe(service)
    await server.event_handler.async_unsubscribe_all()
    assert [request.source for request in publisher.requests] == ["127.0.0.7"] * 2


@pytest.mark.uda("V-010")
async def test_the_zone_is_not_announced():
    server = AiohttpNotifyServer(Publisher(), ("fe80::1%1", 8090, 0, 0))
    assert server.callback_url == "http://[fe80::1]:8090/notify"
    server = AiohttpNotifyServer(Publisher(), ("fe80::1", 8090, 0, 3))
    assert server.callback_url == "http://[fe80::1]:8090/notify"


@pytest.mark.parametrize(
    ("source", "url", "expected"),
    [
        (("0.0.0.0", 8090), "http://127.0.0.1:5000/evt", "http://127.0.0.1:8090/notify"),
        (("::", 8090, 0, 0), "http://[::1]:5000/evt", "http://[::1]:8090/notify"),
        (("127.0.0.1", 8090), "http://192.0.2.1/evt", "http://127.0.0.1:8090/notify"),
    ],
)
async def test_the_address_that_reaches_the_device_is_announced(source, url, expected):
    assert await AiohttpNotifyServer(Publisher(), source).async_callback_url_for(url) == expected


async def test_a_device_of_the_other_address_family_is_told_what_there_is(monkeypatch):
    monkeypatch.setattr(module, "get_local_ip", lambda _: "192.0.2.7")
    server = AiohttpNotifyServer(Publisher(), ("0.0.0.0", 8090))
    assert await server.async_callback_url_for("http://[::1]:5000/evt") == "http://192.0.2.7:8090/notify"
    assert await server.async_callback_url_for("http:///") == "http://192.0.2.7:8090/notify"


async def test_listening_everywhere_without_a_route(monkeypatch):
    def unreachable(_):
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(module, "get_local_ip", unreachable)
    assert AiohttpNotifyServer(Publisher(), ("0.0.0.0", 8090)).callback_url == "http://0.0.0.0:8090/notify"


@pytest.mark.skipif(sys.platform != "linux", reason="where all of 127.0.0.0/8 is this machine")
async def test_where_its_address_is_ours_no_more_it_listens_on_another(monkeypatch):
    server = AiohttpNotifyServer(Publisher(), ("127.0.0.2", 0))
    await server.async_start_server()
    port, url = server.listen_port, "http://127.0.0.1:5000/evt"
    assert await server.async_callback_url_for(url) == f"http://127.0.0.2:{port}/notify"
    monkeypatch.setattr(module, "is_own_address", lambda address: address != "127.0.0.2")
    for other in ("http://[::1]:5000/evt", "http:///"):  # another family, no route
        assert await server.async_callback_url_for(other) == f"http://127.0.0.2:{port}/notify"
    assert await server.async_callback_url_for(url) == f"http://127.0.0.1:{port}/notify"
    assert (await send(port, raw_notify())).startswith(b"HTTP/1.1 412")
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.2", port)
    await server.async_stop_server()


@pytest.mark.skipif(sys.platform != "linux", reason="where all of 127.0.0.0/8 is this machine")
async def test_a_stop_while_it_goes_to_another_address_leaves_nothing(monkeypatch):
    server = AiohttpNotifyServer(Publisher(), ("127.0.0.2", 0))
    await server.async_start_server()
    port = server.listen_port
    monkeypatch.setattr(module, "is_own_address", lambda address: False)
    moving = asyncio.ensure_future(server.async_callback_url_for("http://127.0.0.1:5000/evt"))
    await asyncio.sleep(0)
    await server.async_stop_server()
    await moving
    for host in ("127.0.0.1", "127.0.0.2"):
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(host, port)


async def test_start_and_stop_are_safe_at_any_time():
    publisher = Publisher()
    server = AiohttpNotifyServer(publisher, ("127.0.0.1", 0))
    await server.async_stop_server()
    await server.async_start_server()
    port = server.listen_port
    await server.async_start_server()
    assert server.listen_port == port
    service, _ = evented_service()
    await server.event_handler.async_subscribe(service)
    await server.async_stop_server()
    assert publisher.asked[-1] == ("UNSUBSCRIBE", "uuid:1")
    await server.async_stop_server()
    assert len(publisher.requests) == 2
    with pytest.raises(ConnectionRefusedError):
        await send(port, raw_notify())
    # and it may be started again
    await server.async_start_server()
    assert server.listen_port == port
    await server.async_stop_server()


async def test_it_hears_events_until_all_are_cancelled():
    publisher = Publisher()
    server = AiohttpNotifyServer(publisher, ("127.0.0.1", 0))
    await server.async_start_server()
    service, _ = evented_service("http://127.0.0.1:8080/event")  # from where the last event comes
    await server.event_handler.async_subscribe(service)
    answers = []

    async def last_event(_request):
        answers.append(await send(server.listen_port, raw_notify()))
        return HttpResponse(200, {}, "")

    publisher.answers.append(last_event)
    await server.async_stop_server()
    assert status_of(answers[0]) == 200


async def test_stopping_closes_idle_connections():
    server = AiohttpNotifyServer(Publisher(), ("127.0.0.1", 0))
    await server.async_start_server()
    reader, writer = await asyncio.open_connection("127.0.0.1", server.listen_port)
    writer.write(raw_notify(sid=b"").replace(b"Connection: close\r\n", b""))
    await reader.readuntil(b"\r\n\r\n")
    await server.async_stop_server()
    assert await reader.read() == b""
    writer.close()
    await writer.wait_closed()


async def test_a_given_loop_is_used():
    loop = asyncio.get_running_loop()
    server = AiohttpNotifyServer(requester=Publisher(), source=("127.0.0.1", 0), callback_url=None, loop=loop)
    assert server._loop is loop
    assert isinstance(server, UpnpNotifyServer)
    await server.async_start_server()
    await server.async_stop_server()


async def test_a_port_in_use(server, caplog):
    other = AiohttpNotifyServer(Publisher(), ("127.0.0.1", server.listen_port))
    with pytest.raises(UpnpServerOSError) as caught:
        await other.async_start_server()
    assert caught.value.errno == errno.EADDRINUSE
    assert "in use" in str(caught.value)
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    await other.async_stop_server()


# --- Traffic log ---


async def test_traffic_is_logged_and_moves_no_terminal(listening, requester, caplog):
    server, _ = listening
    name = "async_upnp_client.traffic.upnp"
    async with serving(ok(b"<a>\x1b[2J</a>", b"Server: x\r\n")) as wire:
        with caplog.at_level(logging.DEBUG, name):
            await requester.async_http_request(
                get(wire.url(), "POST", {"SOAPACTION": '"a#b"'}, "<question/>")
            )
            await send(server.listen_port, raw_notify(propertyset(Status="2").encode()))
    records = [record for record in caplog.records if record.name == name]
    assert {record.levelname for record in records} == {"DEBUG"}
    text = "\n".join(record.getMessage() for record in records)
    for piece in (
        f"POST {wire.url()}",
        'SOAPACTION: "a#b"',
        "<question/>",
        "Server: x",
        "<Status>2</Status>",
    ):
        assert piece in text
    assert "\x1b" not in text


async def test_traffic_is_not_logged_unless_asked_for(requester, caplog):
    async with serving(ok()) as wire:
        with caplog.at_level(logging.INFO):
            await requester.async_http_request(get(wire.url()))
    assert not [record for record in caplog.records if record.name.startswith("async_upnp_client")]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"rubbish\r\n\r\n", id="no HTTP"),
        pytest.param(raw_notify(sid=b"uuid:unknown"), id="an unknown SID"),
        pytest.param(raw_notify().replace(b"NTS: upnp:propchange\r\n", b""), id="no NTS"),
        pytest.param(raw_notify().replace(b"SID: uuid:1\r\n", b""), id="no SID"),
        pytest.param(b"NOTIFY / HTTP/1.1\r\nX: " + b"x" * HEAD_BYTES, id="no end of the head"),
        pytest.param(raw_notify(b"x" * (DEFAULT_LIMITS.notify_bytes + 1)), id="too long"),
    ],
)
async def test_a_hundred_times_the_same_rubbish_costs_two_records_at_most(server, caplog, data):
    count = 10 if len(data) > 10_000 else 100
    with (
        caplog.at_level(logging.DEBUG, "async_upnp_client.aiohttp"),
        caplog.at_level(logging.DEBUG, "async_upnp_client.event_handler"),
    ):
        for _ in range(count):
            with contextlib.suppress(ConnectionError):
                await send(server.listen_port, data)
    records = [record for record in caplog.records if record.name.startswith("async_upnp_client.")]
    assert 1 <= len(records) <= 2, [record.getMessage() for record in records]
