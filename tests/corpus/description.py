"""UDA chapter 2: device descriptions, and what they lead to, as they come to a `UpnpFactory`."""

from typing import Final

from async_upnp_client.client import UpnpDevice
from async_upnp_client.exceptions import UpnpContentError, UpnpResponseError
from tests.corpus.builders import SERVICE, UDN, action, description, scpd, service, variable
from tests.corpus.case import Case, Raises
from tests.corpus.doors import Described, asked, raw_answer

PATH: Final = "/dir/description.xml"
VOLUME: Final = scpd(
    variable("Volume", "ui2"), actions=action("GetVolume", ("CurrentVolume", "out", "Volume"))
)
OTHER: Final = "urn:schemas-upnp-org:service:Other:1"


def service_types(device: UpnpDevice) -> list[str]:
    """Return the types of the services that are there, in order."""
    return [found.service_type for found in device.services.values()]


def action_names(device: UpnpDevice) -> dict[str, list[str]]:
    """Return the actions of each service."""
    return {found.service_type: list(found.actions) for found in device.services.values()}


def urls(device: UpnpDevice) -> tuple[str, str, str]:
    """Return the URLs of the first service."""
    found = next(iter(device.services.values()))
    return found.scpd_url, found.control_url, found.event_sub_url


CASES: Final = [
    Case(
        "status-ok-body",
        "LG webOS",
        Described({PATH: "status=ok"}),
        Raises(UpnpContentError),
    ),
    Case("description-404", "UniFi Cloud Key", Described({}), Raises(UpnpResponseError, status=404)),
    Case(
        "description-400-in-standby",
        "older Samsung TV",
        Described({PATH: 400}),
        Raises(UpnpResponseError, status=400),
    ),
    Case("empty-description", "any that has just started", Described({PATH: ""}), Raises(UpnpContentError)),
    Case(
        "login-page-instead-of-a-description",
        "routers",
        Described(
            {PATH: "<!DOCTYPE html><html><head><meta charset=utf-8></head><body>Login<br></body></html>"}
        ),
        Raises(UpnpContentError),
    ),
    Case(
        "udn-without-uuid",
        "ESP32 esp-adf renderer",
        Described({PATH: description(udn=UDN.removeprefix("uuid:"))}, lambda device: device.udn),
        UDN,
    ),
    Case(
        "udn-with-double-uuid",
        "ssdp-responder",
        Described({PATH: description(udn=f"uuid:{UDN}")}, lambda device: device.udn),
        UDN,
    ),
    Case(
        "udn-with-blanks",
        "none in particular, as other padded names",
        Described({PATH: description(udn=f"\n    {UDN}\n  ")}, lambda device: device.udn),
        UDN,
    ),
    Case(
        "igd-without-services",
        "ssdp-responder",
        Described(
            {PATH: description(device_type="urn:schemas-upnp-org:device:InternetGatewayDevice:1")},
            lambda device: (device.device_type, service_types(device)),
        ),
        ("urn:schemas-upnp-org:device:InternetGatewayDevice:1", []),
    ),
    Case(
        "no-service-list",
        "Philips Hue bridge",
        Described(
            {PATH: description(friendly_name="Hue")}, lambda device: (device.friendly_name, device.services)
        ),
        ("Hue", {}),
    ),
    Case(
        "device-type-without-urn",
        "UTC ACN gateway",
        Described(
            {PATH: description(device_type="upnp:acn-com:device:UTCLCDI:1")},
            lambda device: device.device_type,
        ),
        "upnp:acn-com:device:UTCLCDI:1",
    ),
    Case(
        "service-id-is-a-service-type",
        "ESP32 esp-adf renderer",
        Described(
            {PATH: description(service(service_id=SERVICE)), "/scpd.xml": VOLUME},
            lambda device: (action_names(device), device.services[SERVICE].service_id),
        ),
        ({SERVICE: ["GetVolume"]}, SERVICE),
    ),
    Case(
        "dummy-service-without-scpd",
        "FRITZ!Box (/any.xml), Synology",
        Described(
            {
                PATH: description(
                    service("urn:schemas-any-com:service:Any:1", scpd="/any.xml"),
                    service("urn:schemas-dummy-com:service:Dummy:1", scpd="/dummy.xml"),
                    service(),
                ),
                "/scpd.xml": VOLUME,
            },
            action_names,
        ),
        {
            "urn:schemas-any-com:service:Any:1": [],
            "urn:schemas-dummy-com:service:Dummy:1": [],
            SERVICE: ["GetVolume"],
        },
    ),
    Case(
        "all-urls-of-a-service-empty",
        "OpenCCU, RaspberryMatic",
        Described(
            {PATH: description(service(scpd="", control="", events=""))},
            lambda device: (action_names(device), asked(device)),
        ),
        ({SERVICE: []}, [PATH]),
    ),
    Case(
        "empty-event-url",
        "Canon T6100",
        Described(
            {PATH: description(service(events="")), "/scpd.xml": VOLUME},
            lambda device: (action_names(device), device.services[SERVICE].event_sub_url),
        ),
        ({SERVICE: ["GetVolume"]}, ""),
    ),
    Case(
        "service-type-version-0.0",
        "Rotel, Reciva",
        Described(
            {PATH: description(service("urn:reciva-com:service:RecivaRadio:0.0")), "/scpd.xml": VOLUME},
            action_names,
        ),
        {"urn:reciva-com:service:RecivaRadio:0.0": ["GetVolume"]},
    ),
    Case(
        "relative-scpd-url",
        "Samsung DMR",
        Described(
            {
                PATH: description(
                    service(scpd="RenderingControl1.xml", control="upnp/control", events="upnp/event")
                ),
                "/dir/RenderingControl1.xml": VOLUME,
            },
            lambda device: (action_names(device), urls(device)),
        ),
        (
            {SERVICE: ["GetVolume"]},
            (
                "http://192.0.2.9:8080/dir/RenderingControl1.xml",
                "http://192.0.2.9:8080/dir/upnp/control",
                "http://192.0.2.9:8080/dir/upnp/event",
            ),
        ),
    ),
    Case(
        "url-base-with-a-slash-and-paths-with-one",
        "Gerbera for Samsung E TVs",
        Described(
            {
                PATH: description(service(), root="<URLBase>http://192.0.2.9:8080/</URLBase>"),
                "/scpd.xml": VOLUME,
            },
            lambda device: (action_names(device), urls(device)[1]),
        ),
        ({SERVICE: ["GetVolume"]}, "http://192.0.2.9:8080/control"),
    ),
    Case(
        "url-base-counts",
        "UDA 1.0 devices",
        Described(
            {
                PATH: description(
                    service(scpd="scpd.xml", control="control"),
                    root="<URLBase>http://192.0.2.9:8080/upnp/</URLBase>",
                ),
                "/upnp/scpd.xml": VOLUME,
            },
            lambda device: (action_names(device), urls(device)[1]),
        ),
        ({SERVICE: ["GetVolume"]}, "http://192.0.2.9:8080/upnp/control"),
    ),
    Case(
        "url-base-on-another-host",
        "devices behind NAT, attackers",
        Described(
            {
                PATH: description(service(), root="<URLBase>http://198.51.100.1/</URLBase>"),
                "/scpd.xml": VOLUME,
            },
            lambda device: (action_names(device), urls(device)[1]),
        ),
        ({SERVICE: ["GetVolume"]}, "http://192.0.2.9:8080/control"),
    ),
    Case(
        "link-local-description-with-zone",
        "FRITZ!Box; the zone rule of AUC#317",
        Described(
            {
                PATH: description(service(control="http://[fe80::1]:49000/control")),
                "/scpd.xml": VOLUME,
            },
            lambda device: (action_names(device), urls(device)[1]),
            location="http://[fe80::1%2]:49000/dir/description.xml",
        ),
        ({SERVICE: ["GetVolume"]}, "http://[fe80::1%2]:49000/control"),
    ),
    Case(
        "emoji-without-charset",
        "Philips Hue bridge",
        Described(
            {PATH: raw_answer(description(friendly_name="Hue \U0001f4a1").encode(), "Content-Type: text/xml")}
        ),
        "Hue \U0001f4a1",
    ),
    Case(
        "emoji-and-no-content-type",
        "Philips Hue bridge",
        Described({PATH: raw_answer(description(friendly_name="Hue \U0001f4a1").encode())}),
        "Hue \U0001f4a1",
    ),
    Case(
        "utf-8-said-to-be-latin-1",
        "none in particular",
        Described(
            {
                PATH: raw_answer(
                    description(
                        friendly_name="Küche", prolog='<?xml version="1.0" encoding="utf-8"?>'
                    ).encode(),
                    "Content-Type: text/xml; charset=iso-8859-1",
                )
            }
        ),
        "Küche",
    ),
    Case(
        "invalid-utf-8",
        "ARRIS TG2492LG",
        Described(
            {
                PATH: raw_answer(
                    description(device="<modelNumber>X_X</modelNumber>")
                    .encode()
                    .replace(b"X_X", b"\xf0_\xf0")
                )
            },
            lambda device: (device.friendly_name, str(device.model_number)[1:2]),
        ),
        ("Device", "_"),
    ),
    Case(
        "byte-order-mark",
        "WeMo",
        Described(
            {
                PATH: raw_answer(
                    b"\xef\xbb\xbf" + description(friendly_name="Küche").encode(), "Content-Type: text/xml"
                )
            }
        ),
        "Küche",
    ),
    Case(
        "byte-order-mark-in-the-text",
        "WeMo",
        Described({PATH: "\ufeff" + description()}),
        "Device",
    ),
    Case(
        "blank-line-before-the-declaration",
        "none in particular",
        Described({PATH: "\r\n" + description()}),
        "Device",
    ),
    Case(
        "trailing-nuls",
        "buffers sent whole",
        Described({PATH: description() + "\0\0\0"}),
        "Device",
    ),
    Case(
        "leading-blank-in-a-namespace-name",
        "Marantz SR5008, Denon, Pioneer VSX-922",
        Described(
            {PATH: description(device='<ms:X_MS_DRM xmlns:ms=" urn:microsoft-com:wmc-1-0">1</ms:X_MS_DRM>')}
        ),
        "Device",
    ),
    Case(
        "undeclared-prefix-in-a-description",
        "Samsung (sec:), Denon",
        Described({PATH: description(device="<sec:ProductCap>smi,DCM10</sec:ProductCap>")}),
        "Device",
    ),
    Case(
        "crlf-and-padded-names",
        "UpMpd and others",
        Described(
            {
                PATH: description(
                    service(f"\r\n   {SERVICE}\r\n ", scpd=" /scpd.xml\r\n"), friendly_name="\r\n  Device  "
                ),
                "/scpd.xml": VOLUME,
            },
            lambda device: (device.friendly_name, action_names(device)),
        ),
        ("Device", {SERVICE: ["GetVolume"]}),
    ),
    Case(
        "one-description-of-a-service-is-slow",
        "Orange Funbox, Sagemcom",
        Described(
            {
                PATH: description(service(), service(OTHER, scpd="/slow.xml")),
                "/scpd.xml": VOLUME,
                "/slow.xml": 503,
            },
            action_names,
        ),
        {SERVICE: ["GetVolume"], OTHER: []},
    ),
    Case(
        "service-on-another-host",
        "attackers (SSRF)",
        Described(
            {
                PATH: description(service(OTHER, control="http://198.51.100.1/reboot"), service()),
                "/scpd.xml": VOLUME,
            },
            service_types,
        ),
        [SERVICE],
    ),
]
