"""A device on loopback for the command line: it is described, called and subscribed to over real sockets."""

import asyncio
import re
import socket
from types import TracebackType
from typing import Self
from xml.sax.saxutils import escape, unescape

from aiohttp import ClientSession, web

from tests.support.descriptions import (
    Action,
    Device,
    Service,
    Variable,
    device_description,
    element,
    service_description,
)

UDN = "uuid:00000000-0000-0000-0000-0000000000c1"
EMBEDDED_UDN = "uuid:00000000-0000-0000-0000-0000000000c2"

RENDERING_CONTROL = service_description(
    [
        Variable("LastChange", "string", "yes"),
        Variable("Volume", "ui2", minimum="0", maximum="100"),
        Variable("Mute", "boolean"),
        Variable("A_ARG_TYPE_InstanceID", "ui4"),
        Variable("A_ARG_TYPE_Channel", "string", allowed=["Master", "LF"]),
    ],
    [
        Action(
            "SetVolume",
            [
                ("InstanceID", "A_ARG_TYPE_InstanceID"),
                ("Channel", "A_ARG_TYPE_Channel"),
                ("DesiredVolume", "Volume"),
            ],
        ),
        Action(
            "GetVolume",
            [("InstanceID", "A_ARG_TYPE_InstanceID"), ("Channel", "A_ARG_TYPE_Channel")],
            [("CurrentVolume", "Volume")],
        ),
    ],
)
CLOCK = service_description(
    [
        Variable("Now", "dateTime", "yes"),
        Variable("Drift", "r8"),
        Variable("Price", "fixed.14.4"),
        Variable("Ticks", "ui4"),
    ],
    [
        Action("GetClock", [], [("Now", "Now"), ("Drift", "Drift"), ("Price", "Price"), ("Ticks", "Ticks")]),
        Action("SetClock", [("Now", "Now")]),
    ],
)
SWITCH = service_description(
    [Variable("Status", "boolean", "yes")], [Action("GetStatus", [], [("Status", "Status")])]
)


def service(name: str, service_id: str | None = None, *, events: bool = True) -> Service:
    """Return the element of a service whose URLs are by its name."""
    return Service(
        f"urn:schemas-upnp-org:service:{name}:1",
        service_id or f"urn:upnp-org:serviceId:{name}",
        f"/{name}.xml",
        f"/control/{name}",
        f"/event/{name}" if events else "",
    )


DESCRIPTION = device_description(
    Device(
        friendly_name="Küche \u202e\x85 device",
        udn=UDN,
        icons=[{"mimetype": "image/png"}],  # without a URL: the one thing that is wrong here
        services=[
            service("RenderingControl"),
            service("Clock", "urn:example/com:serviceId:a/b"),
            service("SwitchPower", "SwitchPower"),
            service("Refusing", events=True),
        ],
        devices=[
            Device(
                "urn:schemas-upnp-org:device:Embedded:1", udn=EMBEDDED_UDN, services=[service("SwitchPower")]
            )
        ],
    )
)


class CliDevice:
    """The device: `async with CliDevice() as device`. What it was asked for is in its lists."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        """Begin at volume 25, switched on."""
        self.host = host
        self.volume = 25
        self.calls: list[tuple[str, dict[str, str]]] = []
        self.subscribed: list[str] = []
        self.unsubscribed: list[str] = []
        self.callback_urls: list[str] = []
        self.answer_calls = asyncio.Event()
        self.called = asyncio.Event()
        self.answer_calls.set()
        self._runner: web.AppRunner | None = None
        self._port = 0

    async def __aenter__(self) -> Self:
        """Listen on a port that the system chooses."""
        app = web.Application()
        app.router.add_get("/description.xml", self._describe)
        app.router.add_get("/broken.xml", self._broken)
        app.router.add_get("/{name}.xml", self._describe_service)
        app.router.add_post("/control/{name}", self._control)
        app.router.add_route("SUBSCRIBE", "/event/{name}", self._subscribe)
        app.router.add_route("UNSUBSCRIBE", "/event/{name}", self._unsubscribe)
        self._runner = web.AppRunner(app, shutdown_timeout=0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, 0)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, err: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the port and every connection."""
        assert self._runner is not None, "it was started"
        self.answer_calls.set()
        await self._runner.cleanup()

    def url(self, path: str = "/description.xml") -> str:
        """Return the URL of a path on it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self._port}{path}"

    async def _describe(self, _request: web.Request) -> web.Response:
        return xml(DESCRIPTION)

    async def _broken(self, _request: web.Request) -> web.Response:
        return xml("<html>\x1b[2J not a description")

    async def _describe_service(self, request: web.Request) -> web.Response:
        documents = {"RenderingControl": RENDERING_CONTROL, "Clock": CLOCK}
        return xml(documents.get(request.match_info["name"], SWITCH))

    async def _control(self, request: web.Request) -> web.Response:
        body = await request.text()
        service_type, _, action = request.headers["SOAPAction"].strip('"').rpartition("#")
        arguments = {name: unescape(text) for name, text in re.findall(r"<(\w+)>([^<]*)</\1>", body)}
        self.calls.append((action, arguments))
        self.called.set()
        await self.answer_calls.wait()
        if action == "SetVolume":
            self.volume = int(arguments["DesiredVolume"])
        elif action == "GetStatus":
            return fault(701, "Transition \x9b2J\u202enot available")  # CSI as one character, and a reversal
        results = {
            "SetVolume": {},
            "SetClock": {},
            "GetVolume": {"CurrentVolume": str(self.volume)},
            "GetClock": {
                "Now": "2026-01-02T03:04:05",
                "Drift": "-0.5",
                "Price": "1.2500",
                "Ticks": "NOT_IMPLEMENTED",
            },
        }[action]
        return xml(
            soap(f'<u:{action}Response xmlns:u="{service_type}">{elements(results)}</u:{action}Response>')
        )

    async def _subscribe(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name == "Refusing":
            return web.Response(status=503)
        sid = f"uuid:{name}-{len(self.subscribed)}"
        self.subscribed.append(name)
        self.callback_urls.append(request.headers["CALLBACK"].strip("<>"))
        # as many devices do, before the answer from which the subscriber learns the SID
        await self.notify(self.callback_urls[-1], sid, self._initial_event(name))
        return web.Response(headers={"SID": sid, "TIMEOUT": "Second-1800"})

    def _initial_event(self, name: str) -> dict[str, str]:
        last_change = (
            '<Event xmlns="urn:schemas-upnp-org:metadata-1-0/RCS/"><InstanceID val="0">'
            f'<Volume channel="Master" val="{self.volume}"/><Mute channel="Master" val="0"/>'
            "</InstanceID></Event>"
        )
        events = {"RenderingControl": {"LastChange": last_change}, "Clock": {"Now": "2026-01-02T03:04:05"}}
        return events.get(name, {"Status": "1"})

    async def notify(self, callback_url: str, sid: str, values: dict[str, str], seq: int = 0) -> None:
        """Send an event."""
        properties = "".join(
            f"<e:property>{elements({name: text})}</e:property>" for name, text in values.items()
        )
        headers = {
            "NT": "upnp:event",
            "NTS": "upnp:propchange",
            "SID": sid,
            "SEQ": str(seq),
            "Content-Type": "text/xml",
        }
        body = f'<e:propertyset xmlns:e="urn:schemas-upnp-org:event-1-0">{properties}</e:propertyset>'
        async with (
            ClientSession() as session,
            session.request("NOTIFY", callback_url, headers=headers, data=body) as response,
        ):
            assert response.status == 200

    async def _unsubscribe(self, request: web.Request) -> web.Response:
        self.unsubscribed.append(request.match_info["name"])
        return web.Response()


def elements(values: dict[str, str]) -> str:
    """Return an element for each value."""
    return "".join(element(name, text) for name, text in values.items())


def soap(body: str) -> str:
    """Return an envelope around a body."""
    return f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>{body}</s:Body></s:Envelope>'


def fault(code: int, description: str) -> web.Response:
    """Return the answer of an action that failed."""
    detail = (
        f'<UPnPError xmlns="urn:schemas-upnp-org:control-1-0"><errorCode>{code}</errorCode>'
        f"<errorDescription>{escape(description)}</errorDescription></UPnPError>"
    )
    body = "<s:Fault><faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring>"
    body += f"<detail>{detail}</detail></s:Fault>"
    return xml(soap(body), status=500)


def xml(text: str, status: int = 200) -> web.Response:
    """Return an answer with an XML body."""
    return web.Response(text=text, status=status, content_type="text/xml", charset="utf-8")


def announce(packet: bytes, port: int) -> None:
    """Send a datagram to the SSDP group of this host alone."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
        sock.sendto(packet, ("239.255.255.250", port))
