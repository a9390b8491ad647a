"""A kept subscription over real connections on loopback: our bytes to a device, and its bytes to us.

Time is virtual, since renewals take minutes; what was sent over loopback is there at once.
"""

import asyncio

import pytest

from async_upnp_client.aiohttp import AiohttpNotifyServer, AiohttpRequester
from async_upnp_client.const import SubscriptionState as State
from tests.support import model
from tests.support.eventing import Listener, bound_device, propertyset
from tests.support.raw_device import CLOSE, SILENCE, RawDevice, answer
from tests.support.virtual_time import pass_time, run
from tests.support.wire import send


def granted(sid: str) -> bytes:
    """Return the answer to SUBSCRIBE."""
    return answer(headers={"SID": sid, "TIMEOUT": "Second-300"})


def notify(sid: str, seq: int, status: str) -> bytes:
    """Return an event."""
    body = propertyset(Status=status)
    head = f"NT: upnp:event\r\nNTS: upnp:propchange\r\nSID: {sid}\r\nSEQ: {seq}\r\nConnection: close"
    return (
        f"NOTIFY /notify HTTP/1.1\r\nHOST: a\r\n{head}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
    )


def methods(device: RawDevice) -> list[str]:
    """Return the methods that it was asked by."""
    return [request.split(b" ", 1)[0].decode() for request in device.requests]


ANEW = ["SUBSCRIBE", "SUBSCRIBE", "UNSUBSCRIBE", "SUBSCRIBE"]
AGAIN = ["SUBSCRIBE"] * 3


@pytest.mark.parametrize(
    ("renewal", "asked"),
    [
        (answer(status="412 Precondition Failed"), ANEW),
        (answer(status="500 Internal Server Error"), ANEW),
        (CLOSE, AGAIN),
        (SILENCE, AGAIN),
    ],
    ids=["412", "500", "hangs up", "says nothing"],
)
def test_a_renewal_that_fails(renewal, asked):
    sid, seq = ("uuid:2", 0) if asked is ANEW else ("uuid:1", 1)
    cancelled = [answer()] if asked is ANEW else []
    answers = {"/event": [granted("uuid:1"), renewal, *cancelled, granted(sid)]}

    async def main():
        async with RawDevice(answers) as device:
            service = model.service([model.variable("Status", "string")], event_sub_url="/event")
            bound_device(service, url=device.url("/device.xml"))
            heard = service.on_event = Listener()
            server = AiohttpNotifyServer(AiohttpRequester(), ("127.0.0.1", 0))
            await server.async_start_server()
            try:
                kept = await server.event_handler.async_keep_subscribed(service)
                first = await send(server.listen_port, notify("uuid:1", 0, "on"))
                await pass_time(260)
                second = await send(server.listen_port, notify(sid, seq, "off"))
                assert [reply.split(b"\r\n")[0] for reply in (first, second)] == [b"HTTP/1.1 200 OK"] * 2
                assert [event["Status"] for event in heard.events] == ["on", "off"]
                assert (kept.state, kept.sid) == (State.ACTIVE, sid)
                assert methods(device) == asked
                assert f"CALLBACK: <{server.callback_url}>".encode() in device.requests[0]
                assert b"CALLBACK" not in device.requests[1]
            finally:
                await server.async_stop_server()
            await asyncio.sleep(0)

    run(main())
