"""Defects of 0.49.0 in `aiohttp`, a test each."""

import asyncio
import errno
import logging
import re
import socket
import threading
import time

import pytest
from aiohttp import ClientSession

import async_upnp_client.aiohttp as module
from async_upnp_client.aiohttp import AiohttpNotifyServer, AiohttpRequester, AiohttpSessionRequester
from async_upnp_client.const import HttpRequest
from async_upnp_client.event_handler import UpnpEventHandlerRegister
from async_upnp_client.exceptions import UpnpCommunicationError, UpnpConnectionError, UpnpServerOSError
from async_upnp_client.limits import DEFAULT_LIMITS
from tests.support.eventing import Publisher, bound_device, evented_service, propertyset
from tests.support.wire import HANG_UP, send, serving

EMPTY = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def notify(body, sid=b"uuid:1"):
    return (
        b"NOTIFY /notify HTTP/1.1\r\nHOST: a\r\nNT: upnp:event\r\nNTS: upnp:propchange\r\nSID: %s\r\n"
        b"Connection: close\r\nContent-Length: %d\r\n\r\n%s" % (sid, len(body), body)
    )


@pytest.fixture
async def server():
    server = AiohttpNotifyServer(Publisher(), ("127.0.0.1", 0))
    await server.async_start_server()
    yield server
    await server.async_stop_server()


async def test_a_post_that_may_have_arrived_is_not_sent_twice():
    async with serving(HANG_UP) as wire, ClientSession() as session:
        with pytest.raises(UpnpConnectionError):
            await AiohttpSessionRequester(session).async_http_request(
                HttpRequest("POST", wire.url(), {}, "<Next/>")
            )
    assert len(wire.requests) == 1


@pytest.mark.parametrize("body", [b"\xff\xfe\xfa", b"\xf0_\xf0<a/>", b"<a>\xe9</a>"])
async def test_an_undecodable_event_is_answered_without_traceback(server, caplog, body):
    service, _ = evented_service()
    await server.event_handler.async_subscribe(service)
    assert (await send(server.listen_port, notify(body))).startswith(b"HTTP/1.1 200 ")
    assert [record for record in caplog.records if record.levelno > logging.INFO] == []


async def test_the_error_number_of_a_failed_start_is_there(server):
    other = AiohttpNotifyServer(Publisher(), ("127.0.0.1", server.listen_port))
    with pytest.raises(UpnpServerOSError) as caught:
        await other.async_start_server()
    assert caught.value.errno == errno.EADDRINUSE
    assert caught.value.strerror


async def test_listening_everywhere_announces_an_address_that_can_be_reached():
    server = AiohttpNotifyServer(Publisher(), ("0.0.0.0", 0))
    await server.async_start_server()
    publisher = server.event_handler._requester
    assert isinstance(publisher, Publisher)
    service, _ = evented_service()
    bound_device(service, url="http://127.0.0.1:9/d.xml")
    await server.event_handler.async_subscribe(service)
    assert publisher.requests[0].headers["CALLBACK"] == f"<http://127.0.0.1:{server.listen_port}/notify>"
    await server.async_stop_server()


def test_a_link_local_callback_url_has_no_zone():
    assert AiohttpNotifyServer(Publisher(), ("fe80::1%1", 8090, 0, 0)).callback_url == (
        "http://[fe80::1]:8090/notify"
    )


async def test_a_host_name_with_two_addresses_can_be_listened_on(monkeypatch):
    loop = asyncio.get_running_loop()
    resolve = loop.getaddrinfo

    async def both(_host, port, **hints):
        return [*await resolve("::1", port, **hints), *await resolve("127.0.0.1", port, **hints)]

    monkeypatch.setattr(loop, "getaddrinfo", both)
    server = AiohttpNotifyServer(Publisher(), ("two.example", 0))
    await server.async_start_server()
    assert server.listen_host == "127.0.0.1"
    assert b" 412 " in await send(server.listen_port, notify(b"", sid=b""))
    await server.async_stop_server()


async def test_a_large_answer_does_not_fill_the_memory():
    async with serving(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 200_000) as wire:
        with pytest.raises(UpnpCommunicationError, match="exceeds"):
            await AiohttpRequester(max_size=100_000).async_http_request(
                HttpRequest("GET", wire.url(), {}, None)
            )


async def test_a_large_event_is_refused(server):
    assert b" 413 " in await send(server.listen_port, notify(b"x" * (DEFAULT_LIMITS.notify_bytes + 1)))


@pytest.mark.uda("S-003")
async def test_the_user_agent_has_the_form_of_the_uda():
    async with serving(EMPTY) as wire:
        await AiohttpRequester().async_http_request(HttpRequest("GET", wire.url(), {}, None))
    assert re.search(rb"\r\nUser-Agent: \S+/\S+ UPnP/\d\.\d async-upnp-client/\S+\r\n", wire.requests[0])


async def test_compression_is_not_asked_for():
    async with serving(EMPTY) as wire:
        await AiohttpRequester().async_http_request(HttpRequest("GET", wire.url(), {}, None))
    assert b"accept-encoding" not in wire.requests[0].lower()


async def test_headers_in_two_spellings_are_sent_once():
    async with serving(EMPTY) as wire:
        await AiohttpRequester(http_headers={"User-Agent": "a"}).async_http_request(
            HttpRequest("GET", wire.url(), {"USER-AGENT": "b"}, None)
        )
    assert re.findall(rb"(?i)user-agent: (.*)\r", wire.requests[0]) == [b"b"]


@pytest.mark.parametrize("value", ["a\r\nX: y", "a\nb", "\ud800"])
async def test_text_that_http_cannot_carry_is_an_error_of_ours(value):
    for request in (
        HttpRequest("POST", "http://127.0.0.1:1/", {"SOAPACTION": value}, ""),
        HttpRequest("POST", "http://127.0.0.1:1/", {}, "\ud800"),
    ):
        with pytest.raises(UpnpCommunicationError):
            await AiohttpRequester().async_http_request(request)


async def test_errors_tell_the_method_and_the_url():
    async with serving(HANG_UP) as wire:
        with pytest.raises(UpnpConnectionError, match=re.escape(f"POST {wire.url()}")):
            await AiohttpRequester().async_http_request(HttpRequest("POST", wire.url(), {}, "x"))


async def test_stopping_does_not_wait_for_idle_connections():
    server = AiohttpNotifyServer(Publisher(), ("127.0.0.1", 0))
    await server.async_start_server()
    reader, writer = await asyncio.open_connection("127.0.0.1", server.listen_port)
    writer.write(notify(b"", sid=b"").replace(b"Connection: close\r\n", b""))
    await reader.readuntil(b"\r\n\r\n")
    before = time.monotonic()
    await server.async_stop_server()
    assert time.monotonic() - before < 5
    writer.close()
    await writer.wait_closed()


async def test_a_registered_device_is_heard_through_the_notify_server():
    register = UpnpEventHandlerRegister(Publisher(), AiohttpNotifyServer)
    service, listener = evented_service()
    device = bound_device(service, url="http://127.0.0.1:9/d.xml")
    handler = await register.async_add_device(device)
    await handler.async_subscribe(service)
    port = int(handler.callback_url.rpartition(":")[2].partition("/")[0])
    await send(port, notify(propertyset(Status="1").encode()))
    assert listener.events == [{"Status": "1"}]
    await register.async_remove_device(device)


def test_the_event_handler_is_importable_from_here():
    assert module.UpnpEventHandler.__name__ == "UpnpEventHandler"


def test_a_slow_listener_does_not_delay_the_answer():
    """The device gets its answer while the listener still works: each waits for the other to be first."""
    answered = threading.Event()
    held_up = []

    def on_event(_service, _variables):
        held_up.append(not answered.wait(2))

    def device(port):
        with socket.create_connection(("127.0.0.1", port), timeout=5) as sock:
            sock.sendall(notify(propertyset(Status="on").encode()))
            assert sock.recv(100).startswith(b"HTTP/1.1 200")
            answered.set()

    async def main():
        server = AiohttpNotifyServer(Publisher(), ("127.0.0.1", 0))
        await server.async_start_server()
        try:
            service, _ = evented_service()
            service.on_event = on_event
            await server.event_handler.async_subscribe(service)
            await asyncio.get_running_loop().run_in_executor(None, device, server.listen_port)
        finally:
            await server.async_stop_server()

    asyncio.run(main())
    assert held_up == [False]
