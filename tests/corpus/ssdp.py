"""UDA chapter 1: datagrams, as they come to an `SsdpListener`."""

from datetime import datetime
from typing import Any, Final

from tests.corpus.builders import LOCATION, ROOT, UDN, alive, byebye, lines, response
from tests.corpus.case import Case
from tests.corpus.doors import Ears, Heard

KNOWN: Final = {UDN: LOCATION}
NOTHING: Final[dict[str, Any]] = {}
NEWS: Final = ("advertisement_alive", "search_changed", "advertisement_update")
LINK_LOCAL: Final = ("fe80::1%2", 1900, 0, 2)
IGD: Final = "urn:schemas-upnp-org:device:InternetGatewayDevice"


def seconds_valid(ears: Ears) -> int:
    """Return for how long a device counts, in whole seconds."""
    return round((ears.devices[UDN].valid_to - datetime.now()).total_seconds())


def usable_locations(ears: Ears) -> bool:
    """Tell that no location has a host that was cut out of an IPv6 address."""
    return all("//fe80:" not in str(location) for location in ears.locations.values())


CASES: Final = [
    Case(
        "bare-lf-in-server",
        "Dell 1815dn",
        Heard(
            [
                lines(
                    "HTTP/1.1 200 OK",
                    "CACHE-CONTROL: max-age = 60",
                    "EXT:",
                    "SERVER: Network Printer Server UPnP/1.0 OS 1.03.03.08\n10-30-2006",
                    f"LOCATION: {LOCATION}",
                    f"ST: {ROOT}",
                    f"USN: {UDN}::{ROOT}",
                )
            ],
            lambda ears: (ears.locations, ears.header(ROOT, "server").split()),
        ),
        (KNOWN, ["Network", "Printer", "Server", "UPnP/1.0", "OS", "1.03.03.08", "10-30-2006"]),
    ),
    Case(
        "blanks-around-max-age",
        "Dell 1815dn, Sonos, UniFi Cloud Key",
        Heard([response(max_age="max-age = 60")], seconds_valid),
        60,
    ),
    Case(
        "doubled-server-header",
        "Eaton xComfort SHC",
        Heard(
            [response("SERVER: One/1 UPnP/1.0", "SERVER: One/1 UPnP/1.0")],
            lambda ears: (ears.locations, ears.header(ROOT, "server")),
        ),
        (KNOWN, "One/1 UPnP/1.0"),
    ),
    Case(
        "doubled-location-header",
        "none in particular, as Eaton's doubled SERVER",
        Heard([response(f"Location: {LOCATION}")]),
        KNOWN,
    ),
    Case(
        "nts-in-a-search-response",
        "Eaton xComfort SHC",
        Heard([response("NTS: ssdp:alive")], lambda ears: (ears.locations, ears.told)),
        (KNOWN, [(UDN, ROOT, "search_changed")]),
    ),
    Case(
        "blanks-in-st",
        "Eaton xComfort SHC",
        Heard([response(st="urn:schemas-mbs upnp device:service:URLService:1")], lambda ears: ears.told),
        [(UDN, "urn:schemas-mbs upnp device:service:URLService:1", "search_changed")],
    ),
    Case(
        "double-uuid-and-lf-in-usn",
        "router with dslforum services",
        Heard(
            [
                lines(
                    "HTTP/1.1 200 OK",
                    "CACHE-CONTROL:max-age=1800",
                    f"LOCATION:{LOCATION}",
                    "ST:urn:dslforum-org:service:ManagementServer:1",
                    "USN:uuid:uuid:df30\n::urn:dslforum-org:service:ManagementServer:1",
                )
            ],
            lambda ears: ears.told,
        ),
        [("uuid:df30", "urn:dslforum-org:service:ManagementServer:1", "search_changed")],
    ),
    Case(
        "empty-location",
        "Huawei ATP-IGD",
        Heard([response(location=""), alive(location="")], senders=[LINK_LOCAL]),
        NOTHING,
    ),
    Case(
        "loopback-location",
        "TP-Link, MiniUPnPd/1.8",
        Heard(
            [response(location="http://[::1]:1900/rootDesc.xml"), alive(location="http://127.0.0.1:1/d.xml")]
        ),
        NOTHING,
    ),
    Case(
        "unbracketed-link-local-location",
        "TP-Link Archer",
        Heard([response(location="http://fe80::1:5000/rootDesc.xml")], usable_locations, [LINK_LOCAL]),
        True,
    ),
    Case(
        "link-local-location-gets-the-zone-it-was-heard-in",
        "FRITZ!Box",
        Heard([response(location="http://[fe80::1]:49000/d.xml")], senders=[LINK_LOCAL]),
        {UDN: "http://[fe80::1%2]:49000/d.xml"},
    ),
    Case(
        "description-on-port-1900-and-two-roots-of-one-host",
        "TP-Link Archer C8",
        Heard(
            [
                response(location="http://192.0.2.9:1900/igd.xml"),
                response(udn="uuid:wfa", location="http://192.0.2.9:1990/wfa.xml"),
            ]
        ),
        {UDN: "http://192.0.2.9:1900/igd.xml", "uuid:wfa": "http://192.0.2.9:1990/wfa.xml"},
    ),
    Case(
        "comma-in-server",
        "LG webOS",
        Heard(
            [
                response(
                    "Server: Linux/i686 UPnP/1,0 DLNADOC/1.50", "DLNADeviceName.lge.com: %5bLG%5d%20webOS"
                )
            ],
            lambda ears: (
                ears.locations,
                ears.header(ROOT, "SERVER"),
                ears.header(ROOT, "dlnadevicename.lge.com"),
            ),
        ),
        (KNOWN, "Linux/i686 UPnP/1,0 DLNADOC/1.50", "%5bLG%5d%20webOS"),
    ),
    Case(
        "one-device-over-both-ip-versions",
        "FRITZ!Box",
        Heard(
            [response(), response(location="http://[fe80::1]:49000/d.xml")],
            lambda ears: (list(ears.devices), sorted(ears.devices[UDN].locations)),
            [("192.0.2.9", 1900), LINK_LOCAL],
        ),
        ([UDN], [LOCATION, "http://[fe80::1%2]:49000/d.xml"]),
    ),
    Case(
        "igd-1-and-igd-2-under-one-udn",
        "FRITZ!Box, UniFi Dream Machine",
        Heard(
            [response(st=f"{IGD}:1"), response(st=f"{IGD}:2")],
            lambda ears: (list(ears.devices), [kind for _, kind, _ in ears.told]),
        ),
        ([UDN], [f"{IGD}:1", f"{IGD}:2"]),
    ),
    Case(
        "two-ports-alternate",
        "WPS extender",
        Heard(
            [alive(location=f"http://192.0.2.9:4915{2 + 2 * (n % 2)}/d.xml") for n in range(40)],
            lambda ears: (ears.times_told(*NEWS) <= 2, sorted(ears.devices[UDN].locations)),
        ),
        (True, ["http://192.0.2.9:49152/d.xml", "http://192.0.2.9:49154/d.xml"]),
    ),
    Case(
        "udn-that-is-no-uuid",
        "router of HA#110216",
        Heard(
            [
                response(
                    udn="uuid:upnp-InternetGatewayDevice-1_0-0090a2777777",
                    location="http://192.0.2.9:5431/dyndev/uuid:0090a277",
                )
            ]
        ),
        {"uuid:upnp-InternetGatewayDevice-1_0-0090a2777777": "http://192.0.2.9:5431/dyndev/uuid:0090a277"},
    ),
    Case(
        "udn-changes-on-reboot",
        "Google OnHub, ASUSWRT",
        Heard([alive(), alive(udn="uuid:other")], lambda ears: [udn for udn, _, _ in ears.told]),
        [UDN, "uuid:other"],
    ),
    Case(
        "port-changes-after-a-goodbye-without-location",
        "MiniUPnPd on ASUS and OpenWrt, WeMo",
        Heard(
            [
                alive("01-NLS: 1"),
                byebye("BOOTID.UPNP.ORG: 2"),
                alive(location="http://192.0.2.9:40001/d.xml"),
            ],
            lambda ears: (ears.locations, [source for _, _, source in ears.told]),
        ),
        (
            {UDN: "http://192.0.2.9:40001/d.xml"},
            ["advertisement_alive", "advertisement_byebye", "advertisement_alive"],
        ),
    ),
    Case(
        "port-changes-without-a-goodbye",
        "WeMo, MiniUPnPd",
        Heard(
            [alive(), alive(location="http://192.0.2.9:49154/setup.xml")],
            lambda ears: (
                ears.times_told(*NEWS),
                "http://192.0.2.9:49154/setup.xml" in ears.devices[UDN].locations,
            ),
        ),
        (2, True),
    ),
    Case(
        "bootid-grows-with-every-answer",
        "minisatip",
        Heard(
            [response(f"BOOTID.UPNP.ORG: {n}") for n in range(1, 21)],
            # the first that differs may have been a restart; after that it is known that it says nothing
            lambda ears: (ears.locations, ears.times_told("search_changed") <= 2),
        ),
        (KNOWN, True),
    ),
    Case(
        "clock-in-2030",
        "Klipsch PowerGate, Libre speakers (1970)",
        Heard(
            [
                response("DATE: Tue, 01 Jan 2030 00:00:00 GMT"),
                response("DATE: Thu, 01 Jan 1970 00:00:00 GMT"),
            ],
            seconds_valid,
        ),
        1800,
    ),
    Case(
        "headers-that-change-with-every-announcement",
        "all with DATE, devices that name an own HOST",
        Heard(
            [
                alive(f"DATE: Sat, 01 Jan 2022 00:00:{n:02} GMT").replace(b":1900", b":1900"[: 5 * (n % 2)])
                for n in range(10)
            ],
            lambda ears: ears.times_told(*NEWS),
        ),
        1,
    ),
    Case(
        "long-headers-of-a-vendor",
        "Denon HEOS",
        Heard(
            [alive("VERSIONS.UPNP.HEOS.COM: 10,-1318612412,-170549480", "IPCACHE.URL.UPNP.HEOS.COM: /ip")]
            * 10,
            lambda ears: (ears.locations, ears.times_told(*NEWS)),
        ),
        (KNOWN, 1),
    ),
    Case(
        "204-answers-to-one-search",
        "HDHomeRun",
        Heard([response()] * 204, lambda ears: (ears.locations, ears.times_told("search_changed"))),
        (KNOWN, 1),
    ),
    Case(
        "searches-of-browsers",
        "Chrome (DIAL)",
        Heard(
            [
                lines(
                    "M-SEARCH * HTTP/1.1",
                    "HOST: 239.255.255.250:1900",
                    'MAN: "ssdp:discover"',
                    "MX: 1",
                    "ST: urn:dial-multiscreen-org:service:dial:1",
                    "USER-AGENT: Google Chrome/120 Windows",
                )
            ],
            lambda ears: (ears.locations, ears.told),
        ),
        (NOTHING, []),
    ),
    Case(
        "back-within-a-second",
        "Yamaha YAS-209",
        Heard([alive(), byebye(), alive()], lambda ears: (ears.locations, ears.told[-1][2])),
        (KNOWN, "advertisement_alive"),
    ),
    Case(
        "device-type-without-urn",
        "UTC ACN gateway",
        Heard([response(st="upnp:acn-com:device:UTCLCDI:1")], lambda ears: ears.told),
        [(UDN, "upnp:acn-com:device:UTCLCDI:1", "search_changed")],
    ),
    Case(
        "double-uuid",
        "ssdp-responder",
        Heard([response(udn="uuid:uuid:5a34"), alive(udn="uuid:uuid:5a34")]),
        {"uuid:5a34": LOCATION},
    ),
    Case(
        "bytes-that-are-no-utf-8",
        "none in particular: names in Latin-1",
        Heard(
            [response("SERVER: K\xfcche UPnP/1.0").decode().encode("latin-1")],
            lambda ears: (ears.locations, "che UPnP/1.0" in ears.header(ROOT, "server")),
        ),
        (KNOWN, True),
    ),
    Case(
        "lf-only",
        "none in particular: hand-written firmware",
        Heard([response().replace(b"\r\n", b"\n")]),
        KNOWN,
    ),
    Case(
        "no-ssdp-at-all",
        "any scanner",
        Heard(
            [
                b"",
                b"\0" * 40,
                b"HTTP/1.1 200 OK",
                b"NOTIFY * HTTP/1.1\r\n\r\n",
                b"GET / HTTP/1.1\r\n\r\n",
                b"\xff\xfe",
            ]
        ),
        NOTHING,
    ),
]
