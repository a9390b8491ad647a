"""A network of evented devices in memory, with everything that befalls such devices; time is the loop's.

Runs on releases before this one as well: it has only public names in it.
"""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from async_upnp_client.client import UpnpRequester
from async_upnp_client.const import HttpRequest, HttpResponse
from async_upnp_client.exceptions import UpnpConnectionError, UpnpConnectionTimeoutError
from tests.support.virtual_time import pass_time

CALLBACK_URL = "http://192.0.2.2:8090/notify"
TIMEOUT = 5.0
"""Seconds until a request without answer is given up."""

Deliver = Callable[[HttpRequest], Awaitable[int]]


@dataclass
class Subscriber:
    """Whom a device has granted a subscription."""

    service: int
    expires: float
    seq: int = 0


@dataclass
class SimulatedDevice:
    """A device with services, each with the variable Value, which `change` counts up."""

    udn: str
    host: str = "192.0.2.1"
    port: int = 8080
    services: int = 3
    granted: int = 1800
    """Seconds granted at most, whatever is asked for."""
    is_up: bool = True
    """False for a device without power: nobody answers."""
    is_deaf: bool = False
    """Whether events do not arrive."""
    initial: str = "after"
    """When the initial event comes: before the answer, after it, never."""
    renewals: list[int | None] = field(default_factory=list)
    """What the next renewals are answered: a status, None for nothing; then they are granted."""
    subscriptions: list[int | None] = field(default_factory=list)
    """The same for new subscriptions."""
    one_connection: bool = False
    """Whether the second of two connections is closed."""
    friendly_name: str = "Simulated"
    subscribers: dict[str, Subscriber] = field(default_factory=dict)
    values: list[int] = field(default_factory=list)
    requests: list[tuple[float, str, str | None]] = field(default_factory=list)
    """Time, method and SID of each request about events."""
    statuses: list[int] = field(default_factory=list)
    """What events were answered."""
    open: int = 0
    removed: set[int] = field(default_factory=set)
    """Services that the description has no more."""
    silent: set[int] = field(default_factory=set)
    """Services that the description says to have no events."""

    def __post_init__(self) -> None:
        """Begin with zero everywhere."""
        self.values = self.values or [0] * self.services

    @property
    def location(self) -> str:
        """Where it is described."""
        return f"http://{self.host}:{self.port}/device.xml"

    @property
    def description(self) -> str:
        """The device description."""
        services = "".join(
            f"<service><serviceType>urn:example-org:service:S{n}:1</serviceType>"
            f"<serviceId>urn:example-org:serviceId:S{n}</serviceId><SCPDURL>/scpd.xml</SCPDURL>"
            f"<controlURL>/control/{n}</controlURL>"
            f"<eventSubURL>{'' if n in self.silent else f'/event/{n}'}</eventSubURL></service>"
            for n in range(self.services)
            if n not in self.removed
        )
        return (
            '<?xml version="1.0"?><root xmlns="urn:schemas-upnp-org:device-1-0"><specVersion><major>1</major>'
            "<minor>0</minor></specVersion><device><deviceType>urn:example-org:device:D:1</deviceType>"
            f"<friendlyName>{self.friendly_name}</friendlyName><manufacturer>M</manufacturer>"
            f"<modelName>N</modelName><UDN>{self.udn}</UDN><serviceList>{services}</serviceList></device></root>"
        )

    SCPD = (
        '<?xml version="1.0"?><scpd xmlns="urn:schemas-upnp-org:service-1-0"><specVersion><major>1</major>'
        '<minor>0</minor></specVersion><serviceStateTable><stateVariable sendEvents="yes"><name>Value</name>'
        "<dataType>ui4</dataType></stateVariable></serviceStateTable></scpd>"
    )

    def subscribes(self) -> list[float]:
        """Return when it was asked for subscriptions and renewals."""
        return [at for at, method, _ in self.requests if method == "SUBSCRIBE"]

    def reboot(self) -> None:
        """Forget whoever subscribed."""
        self.subscribers.clear()


class Network(UpnpRequester):
    """Requester to all devices, and what carries their events to `deliver`."""

    def __init__(self, *devices: SimulatedDevice) -> None:
        """Begin with these."""
        self.devices = list(devices)
        self.deliver: Deliver | None = None
        self.answer_instead: Callable[[HttpRequest], Awaitable[HttpResponse]] | None = None
        self.loses: Callable[[], bool] = lambda: False
        """Whether the next message, either way, gets lost."""
        self.numbers = itertools.count(1)
        """What the SIDs are made of."""
        self._sending: set[asyncio.Task[None]] = set()

    async def async_http_request(self, http_request: HttpRequest) -> HttpResponse:
        """Answer as the device, or as the network where there is none."""
        if self.answer_instead is not None:
            return await self.answer_instead(http_request)
        loop = asyncio.get_running_loop()
        authority, _, path = http_request.url.removeprefix("http://").partition("/")
        device = next((d for d in self.devices if f"{d.host}:{d.port}" == authority), None)
        await pass_time(0.002)
        if device is None:
            raise UpnpConnectionError("Connection refused")
        if "SUBSCRIBE" in http_request.method:
            device.requests.append((loop.time(), http_request.method, http_request.headers.get("SID")))
        if not device.is_up or self.loses():
            await pass_time(TIMEOUT)
            raise UpnpConnectionTimeoutError("No answer")
        if device.one_connection and device.open:
            raise UpnpConnectionError("Connection reset")
        device.open += 1
        try:
            await pass_time(0.02)
            answer = await self._answer(device, path, http_request)
            if self.loses():
                await pass_time(TIMEOUT)
                raise UpnpConnectionTimeoutError("No answer")
            return answer
        finally:
            device.open -= 1

    async def _answer(self, device: SimulatedDevice, path: str, request: HttpRequest) -> HttpResponse:
        if path == "device.xml":
            return HttpResponse(200, {}, device.description)
        if path == "scpd.xml":
            return HttpResponse(200, {}, device.SCPD)
        number, now = int(path.rpartition("/")[2]), asyncio.get_running_loop().time()
        sid = request.headers.get("SID")
        if request.method == "UNSUBSCRIBE":
            return HttpResponse(200 if device.subscribers.pop(sid or "", None) else 412, {}, "")
        script = device.subscriptions if sid is None else device.renewals
        status = script.pop(0) if script else 200
        if status is None:
            await pass_time(TIMEOUT)
            raise UpnpConnectionTimeoutError("No answer")
        if status != 200:  # OK
            return HttpResponse(status, {}, "")
        wanted = int(request.headers["TIMEOUT"].removeprefix("Second-"))
        seconds = min(wanted, device.granted)
        if sid is None:
            sid = f"uuid:{next(self.numbers)}"
            device.subscribers[sid] = Subscriber(number, now + seconds)
            if device.initial == "before":
                await self._send(device, sid)
            elif device.initial == "after":
                self._start(self._send(device, sid))
        else:
            known = device.subscribers.get(sid)
            if known is None or known.expires < now:
                return HttpResponse(412, {}, "")
            known.expires = now + seconds
        headers = {"SID": sid, "TIMEOUT": f"Second-{seconds}", "sid": sid, "timeout": f"Second-{seconds}"}
        return HttpResponse(200, headers, "")

    def change(self, device: SimulatedDevice, number: int) -> None:
        """Let the value of a service change, and tell whoever subscribed."""
        device.values[number] += 1
        now = asyncio.get_running_loop().time()
        for sid, subscriber in list(device.subscribers.items()):
            if subscriber.expires < now:
                del device.subscribers[sid]
            elif subscriber.service == number and device.is_up:
                self._start(self._send(device, sid))

    def event(self, device: SimulatedDevice, sid: str, seq: int, value: int) -> HttpRequest:
        """Return a NOTIFY."""
        body = (
            '<e:propertyset xmlns:e="urn:schemas-upnp-org:event-1-0"><e:property>'
            f"<Value>{value}</Value></e:property></e:propertyset>"
        )
        headers = {"NT": "upnp:event", "NTS": "upnp:propchange", "SID": sid, "SEQ": str(seq)}
        return HttpRequest("NOTIFY", CALLBACK_URL, headers, body)

    async def _send(self, device: SimulatedDevice, sid: str) -> None:
        subscriber = device.subscribers.get(sid)
        if subscriber is None:
            return
        request = self.event(device, sid, subscriber.seq, device.values[subscriber.service])
        subscriber.seq += 1
        if device.is_deaf or self.deliver is None or self.loses():
            return
        if device.initial != "before":
            await pass_time(0.03)
        device.statuses.append(int(await self.deliver(request)))

    def _start(self, sending: Awaitable[None]) -> None:
        task = asyncio.ensure_future(sending)
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def async_settle(self) -> None:
        """Wait until everything that was sent has arrived."""
        while self._sending:
            await asyncio.wait(set(self._sending))
