"""SSDP messages as a tracker gets them: written as bytes, read by the package's own decoder."""

from datetime import datetime, timedelta

from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client._protocol.discovery import decode_ssdp_packet
from async_upnp_client.const import SsdpSource

ROOT = "upnp:rootdevice"
RENDERER = "urn:schemas-upnp-org:device:MediaRenderer:1"
AV_TRANSPORT = "urn:schemas-upnp-org:service:AVTransport:1"
VOLUME = "urn:schemas-upnp-org:service:RenderingControl:1"

UDN = "uuid:11111111-2222-3333-4444-000000000030"
HOST = "10.77.0.30"
LOCATION = f"http://{HOST}:49494/description.xml"
NOON = datetime(2026, 1, 1, 12, 0, 0)

BOOT_ID = "BOOTID.UPNP.ORG"
CONFIG_ID = "CONFIGID.UPNP.ORG"
NEXT_BOOT_ID = "NEXTBOOTID.UPNP.ORG"


def usn(kind: str, udn: str = UDN) -> str:
    """Return the USN for a type of a device."""
    return udn if kind == udn else f"{udn}::{kind}"


class Device:
    """What one device sends. Headers given as None are left out; `after` is seconds after noon."""

    def __init__(self, udn: str = UDN, location: str = LOCATION, host: str = HOST) -> None:
        """Name the device."""
        self.udn = udn
        self.location = location
        self.host = host

    def read(self, start: str, after: float, headers: dict[str, str | None]) -> CaseInsensitiveDict:
        """Write a message, and read it as it is received."""
        return read(
            "\r\n".join(
                [start, *(f"{name}: {value}" for name, value in headers.items() if value is not None), "", ""]
            ).encode(),
            after,
            self.host,
        )

    def alive(self, kind: str = ROOT, after: float = 0, **headers: str | None) -> CaseInsensitiveDict:
        """Return the headers of an ssdp:alive."""
        return self.notify("ssdp:alive", kind, after, **headers)

    def update(self, kind: str = ROOT, after: float = 0, **headers: str | None) -> CaseInsensitiveDict:
        """Return the headers of an ssdp:update."""
        return self.notify("ssdp:update", kind, after, **headers)

    def notify(self, nts: str, kind: str, after: float, **headers: str | None) -> CaseInsensitiveDict:
        """Return the headers of an announcement with LOCATION and CACHE-CONTROL."""
        written: dict[str, str | None] = {
            "HOST": "239.255.255.250:1900",
            "CACHE-CONTROL": "max-age=1800",
            "LOCATION": self.location,
            "NT": kind,
            "NTS": nts,
            "SERVER": "Linux/6.1, UPnP/1.0, Portable SDK for UPnP devices/1.8.4",
            "USN": usn(kind, self.udn),
        }
        return self.read("NOTIFY * HTTP/1.1", after, {**written, **dotted(headers)})

    def byebye(self, kind: str = ROOT, after: float = 0, **headers: str | None) -> CaseInsensitiveDict:
        """Return the headers of an ssdp:byebye, which has no LOCATION."""
        written = {
            "HOST": "239.255.255.250:1900",
            "NT": kind,
            "NTS": "ssdp:byebye",
            "USN": usn(kind, self.udn),
        }
        return self.read("NOTIFY * HTTP/1.1", after, {**written, **dotted(headers)})

    def response(self, kind: str = ROOT, after: float = 0, **headers: str | None) -> CaseInsensitiveDict:
        """Return the headers of a search response."""
        written = {
            "CACHE-CONTROL": "max-age=1800",
            "DATE": (NOON + timedelta(seconds=after)).ctime(),
            "EXT": "",
            "LOCATION": self.location,
            "SERVER": "Linux/6.1, UPnP/1.0, Portable SDK for UPnP devices/1.8.4",
            "ST": kind,
            "USN": usn(kind, self.udn),
        }
        return self.read("HTTP/1.1 200 OK", after, {**written, **dotted(headers)})


def dotted(headers: dict[str, str | None]) -> dict[str, str | None]:
    """Return headers by their names on the wire: `cache_control`, `BOOTID_UPNP_ORG`."""
    return {
        name.upper().replace("_UPNP_ORG", ".UPNP.ORG").replace("_", "-"): v for name, v in headers.items()
    }


def read(packet: bytes, after: float = 0, host: str = HOST) -> CaseInsensitiveDict:
    """Read a packet received from a host, as the listeners hand it on."""
    now = NOON + timedelta(seconds=after)
    start, headers = decode_ssdp_packet(packet, ("10.77.0.1", 1900), (host, 1900), now)
    headers["_source"] = SsdpSource.SEARCH if start.startswith("HTTP/") else SsdpSource.ADVERTISEMENT
    return headers


DEVICE = Device()
