"""Discovery (UDA 2.0 §1): what a control point makes of datagrams, and what it sends itself."""

import asyncio
import socket
from datetime import timedelta
from itertools import pairwise
from typing import Any, Self

import pytest

from async_upnp_client.const import SsdpSource
from async_upnp_client.exceptions import UpnpContentError
from async_upnp_client.search import SsdpSearchListener, async_search
from async_upnp_client.ssdp import SSDP_TARGET_V4, decode_ssdp_packet, get_ssdp_socket
from async_upnp_client.ssdp_listener import SsdpDeviceTracker, SsdpListener
from tests.support.announcements import LOCATION, NOON, UDN, Device
from tests.support.multicast import Multicast, MulticastLoop
from tests.support.timed_loop import TimedLoop

LOOPBACK = ("127.0.0.1", 0)
SENDER = ("192.0.2.7", 1900)
SECONDS = 5.0
ALIVE = (
    "NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nCACHE-CONTROL: max-age=1800\r\n"
    f"LOCATION: {LOCATION}\r\nNT: upnp:rootdevice\r\nNTS: ssdp:alive\r\n"
    "SERVER: Linux/6.1 UPnP/2.0 product/1\r\nUSN: {udn}::upnp:rootdevice\r\n\r\n"
)
ANSWER = (
    "HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=1800\r\nEXT:\r\nST: {st}\r\n"
    f"LOCATION: {LOCATION}\r\nUSN: {UDN}::{{st}}\r\n\r\n"
)


def read(text: str) -> tuple[str, Any]:
    """Read a datagram as it is received."""
    return decode_ssdp_packet(text.encode(), None, SENDER)


def heads(packet: bytes) -> dict[str, str]:
    """Take a message that was sent apart: its headers as they are spelled, white space round values cut."""
    _, *lines = packet.decode().removesuffix("\r\n\r\n").split("\r\n")
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


# ---- messages


@pytest.mark.uda("D-001")
@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("NOTIFY * HTTP/1.1", "NOTIFY * HTTP/1.1"),
        ("M-SEARCH * HTTP/1.1", "M-SEARCH * HTTP/1.1"),
        ("HTTP/1.1 200 OK", "HTTP/1.1 200 OK"),
        ("HTTP/1.0 200 OK", "HTTP/1.1 200 OK"),
        ("HTTP/1.1 200 Ok", "HTTP/1.1 200 OK"),
        ("HTTP/1.1  200  OK", "HTTP/1.1 200 OK"),
        ("NOTIFY  * HTTP/1.1", "NOTIFY * HTTP/1.1"),
    ],
)
@pytest.mark.parametrize("end", ["\r\n", "\n"], ids=["crlf", "lf"])
def test_a_start_line_is_read_by_its_words(line, kind, end):
    start, headers = read(f"{line}{end}USN: {UDN}{end}{end}")
    assert start == kind
    assert headers["USN"] == UDN


@pytest.mark.uda("D-001", "D-005")
@pytest.mark.parametrize(
    "line",
    [
        "HTTP/1.1 404 Not Found",
        "GET / HTTP/1.1",
        "NOTIFY /x HTTP/1.1",
        "NOTIFY *",
        "SIP/2.0 200 OK",
        "",
        "\0",
    ],
)
def test_another_start_line_is_none(line):
    with pytest.raises(UpnpContentError):
        read(f"{line}\r\nUSN: {UDN}\r\n\r\n")


@pytest.mark.uda("D-002")
@pytest.mark.parametrize("name", ["LOCATION", "Location", "location", "LoCaTiOn"])
def test_a_header_is_found_in_any_case_and_its_value_keeps_its_own(name):
    _, headers = read(f"NOTIFY * HTTP/1.1\r\n{name}: HTTP://Box.Example/Desc.XML\r\n\r\n")
    assert headers["location"] == headers["LOCATION"] == "HTTP://Box.Example/Desc.XML"
    assert next(iter(headers)) == name


@pytest.mark.uda("D-002")
def test_case_makes_no_other_device():
    tracker = SsdpDeviceTracker()
    tracker.see_advertisement(Device("UUID:ABC").alive())
    tracker.see_search(Device("uuid:abc").response())
    assert len(tracker.devices) == 1


@pytest.mark.uda("D-003")
@pytest.mark.parametrize("end", ["", "\r\n", "\r\n\r\n"], ids=["cut off", "last line ended", "empty line"])
def test_the_empty_line_is_not_needed(end):
    _, headers = read(f"NOTIFY * HTTP/1.1\r\nNT: upnp:rootdevice\r\nUSN: {UDN}{end}")
    assert (headers["NT"], headers["USN"]) == ("upnp:rootdevice", UDN)


@pytest.mark.uda("D-004")
def test_unknown_headers_do_no_harm_and_known_ones_count():
    tracker = SsdpDeviceTracker()
    headers = Device().alive(X_RINCON_HOUSEHOLD="Sonos_1", NLS="a", OPT='"x"; ns=01', BOOTID_UPNP_ORG="7")
    told, device, _ = tracker.see_advertisement(headers)
    assert told
    assert device is not None
    assert device.combined_headers("upnp:rootdevice")["BOOTID.UPNP.ORG"] == "7"


@pytest.mark.uda("D-006")
def test_a_body_is_not_looked_at():
    start, headers = read(
        f"HTTP/1.1 200 OK\r\nUSN: {UDN}\r\nContent-Length: 20\r\n\r\nUSN: uuid:other\r\nST: x\r\n"
    )
    assert start == "HTTP/1.1 200 OK"
    assert headers["USN"] == UDN
    assert "ST" not in headers


@pytest.mark.uda("D-010")
@pytest.mark.parametrize(
    "udn",
    [
        "uuid:123402409-bccb-40e7-8e6c-fa095ae5f8f8",
        "uuid:Sensor-1_0-221517K0101769:sensor:switch",
        "uuid:RINCON_000E5812345601400_MR",
        "uuid:1",
    ],
)
def test_a_device_may_name_itself_as_it_likes(udn):
    tracker = SsdpDeviceTracker()
    told, device, _ = tracker.see_advertisement(Device(udn).alive())
    assert told
    assert device is not None
    assert (device.udn, list(tracker.devices)) == (udn, [udn])


@pytest.mark.uda("D-025")
@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1/d.xml",
        "http://[::1]:1900/rootDesc.xml",
        "http://localhost/d.xml",
        "http://0.0.0.0/d.xml",
        "http://[::]/d.xml",
        "http://169.254.169.254/latest/meta-data",
        "http://[::ffff:127.0.0.1]/d.xml",
        "file:///etc/passwd",
        "ftp://192.0.2.1/d.xml",
        "http:///d.xml",
        "",
    ],
)
def test_a_location_that_leads_astray_makes_no_device(location):
    tracker = SsdpDeviceTracker()
    strange = Device(location=location)
    assert not tracker.see_advertisement(strange.alive())[0]
    assert not tracker.see_search(strange.response())[0]
    assert not tracker.devices
    assert tracker.see_advertisement(Device().alive())[0]


@pytest.mark.uda("D-027")
@pytest.mark.parametrize("version", ["1.0", "1.1", "2.0", "2.9", "3.0"])
def test_a_newer_version_of_upnp_is_no_obstacle(version):
    told, device, _ = SsdpDeviceTracker().see_advertisement(Device().alive(SERVER=f"OS/9 UPnP/{version} p/1"))
    assert told
    assert device is not None
    assert device.combined_headers("upnp:rootdevice")["SERVER"] == f"OS/9 UPnP/{version} p/1"


@pytest.mark.uda("D-022")
@pytest.mark.parametrize(
    ("value", "least", "most"),
    [
        (None, 60, 1800),
        ("max-age=", 60, 1800),
        ("no-cache", 60, 1800),
        ("1800", 60, 1800),
        ("max-age=99999999999999", 1800, 366 * 86400),
    ],
)
def test_a_device_without_usable_max_age_stays_for_a_while(value, least, most):
    tracker = SsdpDeviceTracker()
    assert tracker.see_advertisement(Device().alive(CACHE_CONTROL=value))[0]
    tracker.purge_devices(NOON + timedelta(seconds=least - 1))
    assert tracker.devices
    tracker.purge_devices(NOON + timedelta(seconds=most + 1))
    assert not tracker.devices


# ---- sockets


@pytest.mark.uda("D-036")
@pytest.mark.parametrize(("hops", "ttl"), [(None, 2), (4, 4)])
def test_multicast_goes_two_hops_unless_set_otherwise(hops, ttl):
    sock, _, _ = get_ssdp_socket(LOOPBACK, SSDP_TARGET_V4, hops=hops)
    with sock:
        assert sock.getsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL) == ttl


@pytest.mark.uda("D-036")
async def test_a_search_takes_its_hops_from_the_caller():
    segment = Multicast()
    listener = SsdpSearchListener(callback=print, loop=MulticastLoop(segment), source=LOOPBACK, hops=7)  # type: ignore[arg-type]  # stands in for a loop
    await listener.async_start()
    assert segment.members[0].sock.getsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL) == 7
    listener.async_stop()
    await asyncio.sleep(0)


@pytest.mark.uda("D-063")
def test_the_port_is_shared():
    first, _, _ = get_ssdp_socket(LOOPBACK, SSDP_TARGET_V4)
    second, _, _ = get_ssdp_socket(LOOPBACK, SSDP_TARGET_V4)
    with first, second:
        first.bind(LOOPBACK)
        second.bind(first.getsockname())
        assert second.getsockname() == first.getsockname()


def free_port() -> int:
    """Return a UDP port that nobody has."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(LOOPBACK)
        return int(sock.getsockname()[1])


class Network:
    """A listener on loopback with a group port of its own, and a device that sends to it."""

    def __init__(self) -> None:
        self.target = (SSDP_TARGET_V4[0], free_port())
        self.told: asyncio.Queue[tuple[str, SsdpSource]] = asyncio.Queue()
        self.listener = SsdpListener(callback=self._tell, source=LOOPBACK, target=self.target)
        self.sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(LOOPBACK[0]))

    def _tell(self, device: Any, _kind: str, source: SsdpSource) -> None:
        self.told.put_nowait((device.udn, source))

    def send(self, data: bytes) -> None:
        self.sender.sendto(data, self.target)

    async def heard(self) -> tuple[str, SsdpSource]:
        return await asyncio.wait_for(self.told.get(), SECONDS)


@pytest.fixture
async def network():
    made = Network()
    await made.listener.async_start()
    yield made
    await made.listener.async_stop()
    made.sender.close()
    await asyncio.sleep(0)


@pytest.mark.uda("D-038")
async def test_the_group_is_joined_on_the_interface(network):
    network.send(ALIVE.format(udn="uuid:joined").encode())
    assert await network.heard() == ("uuid:joined", SsdpSource.ADVERTISEMENT_ALIVE)


@pytest.mark.uda("D-005")
async def test_nothing_that_comes_in_raises(network):
    raised: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: raised.append(context))
    for data in (
        b"",
        b"\0",
        b"\xff\xfe\xfd" * 100,
        b"NOTIFY * HTTP/1.1\r\n\r\n",
        b"NOTIFY * HTTP/1.1\r\nUSN\r\n\r\n",
        b"NOTIFY * HTTP/1.1\r\nNTS: ssdp:alive\r\nNT: \xff\r\nUSN: uuid:\xff::\xff\r\nLOCATION: \xff\r\n\r\n",
        ALIVE.format(udn="").encode(),
        ALIVE.format(udn="uuid:").encode(),
        ALIVE.format(udn="uuid:x").replace(LOCATION, "http://[::1").encode(),
        ALIVE.format(udn="uuid:x").replace(LOCATION, "http://192.0.2.1:port/").encode(),
        ALIVE.format(udn="uuid:x").replace("ssdp:alive", "ssdp:unheard-of").encode(),
        ALIVE.format(udn="uuid:x").replace("ssdp:alive", "ssdp:update").replace(LOCATION, "").encode(),
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 9000 + b"\r\n",
    ):
        network.send(data)
    for max_age in ("99999999999999", "-1", "1" * 5000, "\u0661"):
        text = ALIVE.format(udn="uuid:odd-age").replace("1800", max_age)
        network.send(text.encode())
    network.send(ALIVE.format(udn="uuid:good").encode())
    heard = {(await network.heard())[0] for _ in range(2)}
    assert heard == {"uuid:odd-age", "uuid:good"}
    assert set(network.listener.devices) == heard
    assert not raised


# ---- searching


class Searching:
    """A search listener on a segment in memory, with time in the hands of the test."""

    def __init__(self, **options: Any) -> None:
        self.segment = Multicast()
        self.loop = TimedLoop(self.segment)
        self.heard: list[Any] = []
        options = {"source": LOOPBACK, **options}
        self.listener = SsdpSearchListener(callback=self.heard.append, loop=self.loop, **options)  # type: ignore[arg-type]  # stands in for a loop

    async def __aenter__(self) -> Self:
        await self.listener.async_start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.listener.async_stop()
        await asyncio.sleep(0)

    @property
    def sent(self) -> list[bytes]:
        return [data for data, _, _ in self.segment.packets]


@pytest.mark.uda("D-006", "D-047", "D-048", "D-049")
@pytest.mark.parametrize(("timeout", "mx"), [(1, "1"), (5, "5"), (0, "1"), (-3, "1"), (120, "5")])
async def test_a_multicast_search_has_all_of_its_headers(timeout, mx):
    async with Searching(timeout=timeout, search_target="upnp:rootdevice") as searching:
        searching.listener.async_search()
        await searching.loop.pass_time(10)
    assert searching.sent
    for packet in searching.sent:
        assert packet.startswith(b"M-SEARCH * HTTP/1.1\r\n")
        assert packet.endswith(b"\r\n\r\n")
        assert packet.count(b"\r\n\r\n") == 1
        headers = heads(packet)
        assert headers["HOST"] == "239.255.255.250:1900"
        assert headers["MAN"] == '"ssdp:discover"'
        assert headers["MX"] == mx
        assert headers["ST"] == "upnp:rootdevice"
        assert headers["CPFN.UPNP.ORG"]


@pytest.mark.uda("D-054")
async def test_a_search_is_sent_more_than_once_and_spaced():
    times: list[float] = []
    async with Searching() as searching:

        def note(_data: bytes, _number: int) -> bool:
            times.append(searching.loop.now)
            return False

        searching.segment.lose = note
        searching.listener.async_search()
        await searching.loop.pass_time(10)
    assert 2 <= len(times) <= 5
    assert all(0.1 <= later - sooner <= 1 for sooner, later in pairwise(times))
    assert {target for _, _, target in searching.segment.packets} == {SSDP_TARGET_V4}


@pytest.mark.uda("D-054")
async def test_a_search_leaves_by_the_interface_chosen():
    sock, _, _ = get_ssdp_socket(LOOPBACK, SSDP_TARGET_V4)
    with sock:
        assert sock.getsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, 4) == socket.inet_aton("127.0.0.1")
    async with Searching() as searching:
        searching.listener.async_search()
        assert {sender[0] for _, sender, _ in searching.segment.packets} == {"127.0.0.1"}


@pytest.mark.uda("D-060")
async def test_a_unicast_search_names_the_device_and_has_no_mx():
    async with Searching(target=("192.0.2.9", 1900)) as searching:
        searching.listener.async_search()
        headers = heads(searching.sent[0])
    assert searching.segment.packets[0][2] == ("192.0.2.9", 1900)
    assert headers["HOST"] == "192.0.2.9:1900"
    assert headers["MAN"] == '"ssdp:discover"'
    assert "MX" not in headers


@pytest.mark.uda("D-053")
async def test_answers_to_repeats_are_told_once():
    async with Searching() as searching:
        searching.listener.async_search()
        (member,) = searching.segment.members
        for st in ("upnp:rootdevice", "upnp:rootdevice", "ssdp:all", "upnp:rootdevice"):
            member.receive(ANSWER.format(st=st).encode(), SENDER)
        assert [headers["ST"] for headers in searching.heard] == ["upnp:rootdevice", "ssdp:all"]
        # another search asks anew
        searching.listener.async_search()
        member.receive(ANSWER.format(st="ssdp:all").encode(), SENDER)
        assert len(searching.heard) == 3


@pytest.mark.uda("D-053")
@pytest.mark.parametrize("timeout", [0, 1])  # MX is 1 in both
async def test_answers_are_awaited_for_longer_than_mx(timeout):
    segment = Multicast()
    loop = asyncio.get_running_loop()
    heard: list[str] = []
    answered: list[int] = []

    def answer(data: bytes, _number: int) -> bool:
        """Be a device that takes MX to the full, and the network a bit more."""
        if not answered:
            mx = int(heads(data)["MX"])
            answered.append(mx)
            packet = ANSWER.format(st="ssdp:all").encode()
            loop.call_later(mx + 0.2, segment.send, packet, SENDER, segment.members[0].address)
        return False

    async def note(headers: Any) -> None:
        heard.append(headers["ST"])

    segment.lose = answer
    await async_search(note, timeout=timeout, source=LOOPBACK, loop=MulticastLoop(segment))  # type: ignore[arg-type]  # stands in for a loop
    await asyncio.sleep(0)
    assert answered == [1]
    assert heard == ["ssdp:all"]
