"""No datagram raises, logs an error, leaves more than the limits, or makes real devices be forgotten.

What is known of a device afterwards is sound: a UDN, locations that are safe, a time at which it expires.
"""

from datetime import datetime, timedelta
from math import isfinite

from async_upnp_client._addresses import is_valid_location
from async_upnp_client.advertisement import SsdpAdvertisementListener
from async_upnp_client.const import AddressTupleVXType, DeviceOrServiceType, SsdpSource
from async_upnp_client.limits import DEFAULT_LIMITS
from async_upnp_client.search import SsdpSearchListener
from async_upnp_client.ssdp import SsdpProtocol
from async_upnp_client.ssdp_listener import SsdpDevice, SsdpDeviceTracker, SsdpListener
from tests.fuzz.logs import watched_logs
from tests.fuzz.still_loop import still_loop

# A case is one datagram, or several with this between them.
SEPARATOR = b"\n====\n"
MOST_DATAGRAMS = 8
SENDERS: tuple[AddressTupleVXType, ...] = (("192.168.1.20", 1900), ("fe80::20", 1900, 0, 3))
REAL = ("uuid:0f0f0f0f-1e1e-2d2d-3c3c-4b4b4b4b4b4b", "uuid:a5a5a5a5-b4b4-c3c3-d2d2-e1e1e1e1e1e1")
LARGEST = 65507
LONGEST = timedelta(seconds=DEFAULT_LIMITS.max_age)


class Listening:
    """A listener with its two sockets' protocols, without the sockets."""

    def __init__(self) -> None:
        """Connect them as a started listener does."""
        self.heard: list[tuple[SsdpDevice, DeviceOrServiceType, SsdpSource]] = []
        self.tracker = SsdpDeviceTracker()
        listener = SsdpListener(
            callback=self._callback, device_tracker=self.tracker, on_expired=self._expired
        )
        announcements = SsdpAdvertisementListener(
            on_alive=listener._on_alive, on_byebye=listener._on_byebye, on_update=listener._on_update
        )
        searches = SsdpSearchListener(callback=listener._on_search)
        loop = still_loop()
        self.protocols = [SsdpProtocol(loop, on_data=part._on_data) for part in (announcements, searches)]

    def _callback(self, device: SsdpDevice, kind: DeviceOrServiceType, source: SsdpSource) -> None:
        self.heard.append((device, kind, source))
        assert device.combined_headers(kind) is not None

    def _expired(self, device: SsdpDevice) -> None:
        assert self.tracker.devices.get(device.udn) is not device

    def receive(self, data: bytes, sender: AddressTupleVXType) -> None:
        """Give one datagram to both sockets."""
        for protocol in self.protocols:
            protocol.datagram_received(data, sender)


def check(data: bytes) -> None:
    """Check one datagram, or a few in a row."""
    with watched_logs():
        listening = Listening()
        for udn in REAL:
            listening.receive(alive(udn), SENDERS[0])
        for number, datagram in enumerate(data.split(SEPARATOR)[:MOST_DATAGRAMS]):
            # twice, as datagrams come: from the same sender, then another
            listening.receive(datagram, SENDERS[number % 2])
            listening.receive(datagram, SENDERS[1])
        tracker = listening.tracker
        assert all(udn in tracker.devices for udn in REAL), "a real device was forgotten"
        now = datetime.now()
        for udn, device in tracker.devices.items():
            check_device(udn, device, now)
        assert tracker.next_valid_to is not None
        assert isfinite(tracker.next_check)
        tracker.purge(now + LONGEST + timedelta(seconds=2))
        assert not tracker.devices, "a device never expires"


def check_device(udn: str, device: SsdpDevice, now: datetime) -> None:
    """Check what is known of one device."""
    assert udn == device.udn == udn.strip()
    assert udn[:5].lower() == "uuid:", udn
    assert len(udn) > 5, udn
    assert 0 < len(device.types) <= DEFAULT_LIMITS.types_per_device
    assert len(device.locations) <= DEFAULT_LIMITS.locations_per_device
    assert all(map(is_valid_location, device.locations))
    assert device.valid_to <= now + LONGEST + timedelta(seconds=1)
    assert device.last_seen is not None
    for kind in device.types:
        headers = device.combined_headers(kind)
        assert headers.get_lower("_udn")
        assert headers.get_lower("_host") in ("192.168.1.20", "fe80::20%3")
        assert isinstance(headers.get_lower("_timestamp"), datetime)


def alive(udn: str) -> bytes:
    """Return what a real device announces."""
    return (
        "NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nCACHE-CONTROL: max-age=1800\r\n"
        "LOCATION: http://192.168.1.99:8080/d.xml\r\nNT: upnp:rootdevice\r\nNTS: ssdp:alive\r\n"
        f"SERVER: Linux UPnP/2.0 real/1\r\nUSN: {udn}::upnp:rootdevice\r\n\r\n"
    ).encode()
