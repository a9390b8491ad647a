"""Eventing (UDA 2.0 §4): a subscription from its wish to its end, over sockets."""

import asyncio
import re
from datetime import timedelta
from typing import Any

import pytest

from async_upnp_client.aiohttp import AiohttpNotifyServer, AiohttpRequester
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.device_updater import DeviceUpdater
from async_upnp_client.event_handler import UpnpEventHandler
from async_upnp_client.ssdp import SSDP_TARGET_V4
from tests.support.descriptions import Device, Service, Variable, device_description, service_description
from tests.support.eventing import Listener, NotifyServer, Publisher
from tests.support.multicast import Multicast
from tests.support.raw_device import RawDevice, answer
from tests.support.replies import ReplyTable
from tests.support.timed_loop import TimedLoop
from tests.support.wire import send

SERVICE = Service()
SCPD = service_description([Variable("Status", send_events="yes")])
DEVICE = device_description(Device(services=[SERVICE]))
UDN = "uuid:00000000-0000-0000-0000-000000000001"
GRANTED = answer(headers={"SID": "RINCON_1_sub7", "TIMEOUT": "Second-300"})
EVENT = (
    "NOTIFY /notify HTTP/1.1\r\nHOST: 127.0.0.1\r\nCONTENT-TYPE: text/xml\r\nNT: upnp:event\r\n"
    "NTS: upnp:propchange\r\nSID: {sid}\r\nSEQ: {seq}\r\nConnection: close\r\n"
    "Content-Length: {length}\r\n\r\n{body}"
)


def event(sid: str, seq: int, status: str) -> bytes:
    """Write an event with one variable."""
    body = (
        '<e:propertyset xmlns:e="urn:schemas-upnp-org:event-1-0"><e:property>'
        f"<Status>{status}</Status></e:property></e:propertyset>"
    )
    return EVENT.format(sid=sid, seq=seq, length=len(body), body=body).encode()


def request_headers(request: bytes) -> tuple[str, dict[str, str]]:
    """Return the first line and the headers of a request."""
    first, *lines = request.partition(b"\r\n\r\n")[0].decode().split("\r\n")
    return first, {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


@pytest.mark.uda("E-001", "E-012", "E-014", "E-017", "E-020", "E-025", "E-036", "E-039", "C-003")
async def test_a_subscription_on_the_wire():
    answers = {
        "/device.xml": answer(DEVICE),
        "/scpd.xml": answer(SCPD),
        "/event": [GRANTED, GRANTED, answer(status="500 Internal Server Error")],
    }
    listener = Listener()
    async with RawDevice(answers) as raw:
        requester = AiohttpRequester()
        device = await UpnpFactory(requester).async_create_device(raw.url("/device.xml"))
        service = device.service(SERVICE.service_type)
        service.on_event = listener
        server = AiohttpNotifyServer(requester, ("127.0.0.1", 0))
        await server.async_start_server()
        try:
            sid, granted = await server.event_handler.async_subscribe(service, timedelta(seconds=1800.7))
            assert (sid, granted) == ("RINCON_1_sub7", timedelta(seconds=300))
            assert (await send(server.listen_port, event(sid, 0, "first"))).startswith(b"HTTP/1.1 200 ")
            await send(server.listen_port, event(sid.lower(), 1, "for another"))
            assert (await send(server.listen_port, event("", 1, "for none"))).startswith(b"HTTP/1.1 412 ")
            await server.event_handler.async_resubscribe(sid, timedelta(seconds=600))
            port = raw.port
        finally:
            await server.async_stop_server()  # which ends the subscription, whatever the device answers
    assert listener.events == [{"Status": "first"}]

    (first, wish), (second, renewal), (third, end) = map(request_headers, raw.requests[2:])
    host = f"127.0.0.1:{port}"
    assert (first, second) == ("SUBSCRIBE /event HTTP/1.1",) * 2
    assert third == "UNSUBSCRIBE /event HTTP/1.1"
    assert (wish["HOST"], wish["NT"], wish["TIMEOUT"]) == (host, "upnp:event", "Second-1800")
    assert re.fullmatch(r"<http://127\.0\.0\.1:[0-9]+/[^<>?]{0,80}>", wish["CALLBACK"])
    assert "SID" not in wish
    assert wish.get("Content-Length", "0") == "0"
    assert (renewal["HOST"], renewal["SID"], renewal["TIMEOUT"]) == (host, "RINCON_1_sub7", "Second-600")
    assert (end["HOST"], end["SID"]) == (host, "RINCON_1_sub7")
    for later in (renewal, end):
        assert not {"NT", "CALLBACK"} & {name.upper() for name in later}


class Restarting:
    """A device that is kept current and subscribed to, and can be announced."""

    def __init__(self) -> None:
        self.segment = Multicast()
        self.loop: Any = TimedLoop(self.segment)
        self.publisher = Publisher()
        self.handler = UpnpEventHandler(NotifyServer(), self.publisher)
        self.url = "http://192.0.2.1:80/device.xml"
        self.factory = UpnpFactory(
            ReplyTable({("GET", self.url): DEVICE, ("GET", "http://192.0.2.1:80/scpd.xml"): SCPD})
        )

    def announce(self, nts: str, boot: int) -> None:
        """Send an announcement of the root device to the group."""
        packet = (
            f"NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nCACHE-CONTROL: max-age=1800\r\n"
            f"LOCATION: {self.url}\r\nNT: upnp:rootdevice\r\nNTS: {nts}\r\nSERVER: a/1 UPnP/2.0 b/1\r\n"
            f"USN: {UDN}::upnp:rootdevice\r\nBOOTID.UPNP.ORG: {boot}\r\n\r\n"
        )
        self.segment.send(packet.encode(), ("192.0.2.1", 1900), SSDP_TARGET_V4)


@pytest.mark.uda("E-042")
@pytest.mark.parametrize("leaves", [True, False], ids=["byebye", "restart"])
async def test_a_device_that_comes_back_is_subscribed_anew(leaves):
    made = Restarting()
    device = await made.factory.async_create_device(made.url)
    updater = DeviceUpdater(
        device, made.factory, source=("127.0.0.1", 0), loop=made.loop, event_handler=made.handler
    )
    await updater.async_start()
    try:
        await made.handler.async_subscribe(device.service(SERVICE.service_type))
        made.announce("ssdp:alive", 1)
        if leaves:
            made.announce("ssdp:byebye", 1)
        made.announce("ssdp:alive", 1 if leaves else 2)
        for _ in range(100):
            await asyncio.sleep(0)
    finally:
        await updater.async_stop()
        await asyncio.sleep(0)
    assert device.available
    assert made.publisher.asked == [("SUBSCRIBE", None)] * 2
