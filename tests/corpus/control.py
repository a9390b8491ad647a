"""UDA chapter 3: calls, what comes back from them, and what goes out."""

import re
from collections.abc import Callable
from html import escape
from typing import Any, Final

from async_upnp_client.exceptions import UpnpActionError, UpnpContentError, UpnpError, UpnpResponseError
from tests.corpus.builders import (
    SERVICE,
    action,
    answer,
    envelope,
    fault,
    scpd,
    value_list,
    value_range,
    variable,
)
from tests.corpus.case import Case, Raises
from tests.corpus.doors import Called, Sent, raw_answer
from tests.support.raw_device import CLOSE

SCPD: Final = scpd(
    variable("Volume", "ui2", more=value_range(0, 100)),
    variable("Total", "ui4"),
    variable("Meta"),
    variable("State", more=value_list("PLAYING", "STOPPED")),
    variable("Speed", more=value_list("1")),
    actions=action("GetVolume", ("CurrentVolume", "out", "Volume"))
    + action("SetVolume", ("DesiredVolume", "in", "Volume"))
    + action("GetTotal", ("NewTotal", "out", "Total"))
    + action("GetMedia", ("Volume", "out", "Volume"), ("Meta", "out", "Meta"))
    + action("GetState", ("State", "out", "State"))
    + action("SetMeta", ("Meta", "in", "Meta"))
    + action("AddPortMapping", ("Meta", "in", "Meta"))
    + action("PrepareForConnection", ("Meta", "in", "Meta"))
    + action(
        "Play", ("Sync", "in", "Total"), ("Speed", "in", "Speed"), ("Key", "in", "Meta"), ("At", "in", "Meta")
    ),
)
DIDL: Final = '<DIDL-Lite xmlns:dc="d"><item><dc:title>Tom &amp; Jerry</dc:title></item></DIDL-Lite>'
VOLUME: Final = answer("GetVolume", "<CurrentVolume>7</CurrentVolume>")
LOGIN: Final = (
    "<!DOCTYPE html><html><head><title>Login</title></head><body><form>Password<br></form></body></html>"
)


def http(body: str, *headers: str, status: str = "200 OK") -> bytes:
    """Return the bytes of an HTTP answer with a SOAP message."""
    return raw_answer(body.encode(), 'Content-Type: text/xml; charset="utf-8"', *headers, status=status)


def header_names(request: bytes) -> list[str]:
    """Return the names of the headers of a request, as they are spelled."""
    head = request.partition(b"\r\n\r\n")[0].decode()
    return [line.partition(":")[0] for line in head.split("\r\n")[1:]]


def header(name: str, request: bytes) -> str | None:
    """Return a header of a request."""
    found = re.search(rf"^{name}:[ \t]*(.*?)\r$", request.decode(), re.IGNORECASE | re.MULTILINE)
    return found[1] if found else None


def whole_length(request: bytes) -> bool:
    """Tell whether the Content-Length is that of the body in bytes."""
    return header("content-length", request) == str(len(request.partition(b"\r\n\r\n")[2]))


def sent(look: Callable[[bytes], Any], name: str = "GetVolume", **arguments: Any) -> Sent:
    """Return the way out of a call."""
    replies = {"GetVolume": VOLUME, "SetMeta": answer("SetMeta", "")}
    return Sent(SCPD, name, http(replies[name]), look, arguments)


CASES: Final = [
    Case(
        "response-in-the-namespace-of-the-service-id",
        "Klipsch PowerGate (Phorus, Play-Fi)",
        Called(SCPD, "GetVolume", VOLUME.replace(SERVICE, "urn:upnp-org:serviceId:RenderingControl")),
        {"CurrentVolume": 7},
    ),
    Case(
        "response-in-no-namespace",
        "none in particular",
        Called(
            SCPD,
            "GetVolume",
            envelope("<GetVolumeResponse><CurrentVolume>7</CurrentVolume></GetVolumeResponse>"),
        ),
        {"CurrentVolume": 7},
    ),
    Case(
        "response-of-another-version",
        "devices of AUC#221",
        Called(SCPD, "GetVolume", VOLUME.replace(":RenderingControl:1", ":RenderingControl:2")),
        {"CurrentVolume": 7},
    ),
    Case(
        "undeclared-prefix-in-the-response",
        "Huawei gateway (Portable SDK 1.12.1)",
        Called(
            SCPD,
            "AddPortMapping",
            envelope("<u:AddPortMappingResponse></u:AddPortMappingResponse>"),
            arguments={"Meta": "x"},
        ),
        {},
    ),
    Case(
        "prefix-without-a-name",
        "Huawei gateway (Portable SDK 1.12.1)",
        Called(
            SCPD,
            "AddPortMapping",
            envelope(f'<:AddPortMappingResponse xmlns:="{SERVICE}"></:AddPortMappingResponse>'),
            arguments={"Meta": "x"},
        ),
        {},
    ),
    Case(
        "closed-by-another-name-around-a-readable-argument",
        "D-Link DSL-3900",
        Called(
            SCPD,
            "GetTotal",
            '<?xml version="1.0"?>\n<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">\n<s:Body>\n'
            f'<u:GetTotalResponse xmlns:u="{SERVICE}">\n<NewTotal>1234</NewTotal></u:GetTotal>\n'
            "</s:Body>\n</s:Envelope>",
        ),
        {"NewTotal": 1234},
    ),
    Case(
        "invalid-token-beside-a-readable-argument",
        "D-Link DSL-3900",
        Called(
            SCPD,
            "GetTotal",
            answer("GetTotal", "<NewTotal>1234</NewTotal><New$Other=1/>"),
        ),
        {"NewTotal": 1234},
    ),
    Case(
        "cut-off-in-an-argument",
        "none in particular: short buffers",
        Called(SCPD, "GetMedia", answer("GetMedia", "<Volume>7</Volume><Meta>half of").partition("</u:")[0]),
        Raises(UpnpContentError),
    ),
    Case(
        "fault-code-in-camel-case",
        "MikroTik",
        Called(
            SCPD,
            "AddPortMapping",
            fault(725, "OnlyPermanentLeasesSupported")
            .replace("faultcode", "faultCode")
            .replace("faultstring", "faultString"),
            500,
            {"Meta": "x"},
        ),
        Raises(UpnpActionError, error_code=725, error_desc="OnlyPermanentLeasesSupported"),
    ),
    Case(
        "fault-without-namespaces",
        "none in particular",
        Called(
            SCPD,
            "GetVolume",
            fault(401, "Invalid Action").replace(' xmlns="urn:schemas-upnp-org:control-1-0"', ""),
            500,
        ),
        Raises(UpnpActionError, error_code=401),
    ),
    Case(
        "fault-with-status-200",
        "none in particular",
        Called(SCPD, "GetVolume", fault(718, "ConflictInMappingEntry")),
        Raises(UpnpActionError, error_code=718),
    ),
    Case(
        "declared-but-invalid-action",
        "Huawei B525s, router of HA#79053",
        Called(SCPD, "GetTotal", fault(401, "Invalid Action"), 500),
        Raises(UpnpActionError, error_code=401),
    ),
    Case(
        "prepare-for-connection-refused",
        "Samsung Q60",
        Called(SCPD, "PrepareForConnection", fault(704, "Local restrictions"), 500, {"Meta": "x"}),
        Raises(UpnpActionError, error_code=704, error_desc="Local restrictions"),
    ),
    Case(
        "not-implemented-with-an-empty-body",
        "Plex DMR",
        Called(SCPD, "GetVolume", "", 501),
        Raises(UpnpResponseError, status=501),
    ),
    Case(
        "login-page-with-status-200",
        "a router (jupnp#120)",
        Called(SCPD, "GetVolume", LOGIN),
        Raises(UpnpContentError),
    ),
    Case(
        "login-page-for-an-action-without-results",
        "a router (jupnp#120)",
        Called(SCPD, "AddPortMapping", LOGIN, arguments={"Meta": "x"}),
        Raises(UpnpError),
    ),
    Case(
        "undeclared-out-arguments",
        "Samsung MainTVAgent2",
        Called(SCPD, "GetVolume", answer("GetVolume", "<Result>OK</Result><CurrentVolume>7</CurrentVolume>")),
        {"Result": "OK", "CurrentVolume": 7},
    ),
    Case(
        "missing-out-argument",
        "devices of AUC#222",
        Called(SCPD, "GetMedia", answer("GetMedia", "<Volume>7</Volume>")),
        {"Volume": 7},
    ),
    Case(
        "escaped-metadata-is-unescaped-once",
        "Teufel Raumfeld",
        Called(SCPD, "GetMedia", answer("GetMedia", f"<Volume>7</Volume><Meta>{escape(DIDL)}</Meta>")),
        {"Volume": 7, "Meta": DIDL},
    ),
    Case(
        "not-implemented-in-a-number",
        "Sony, LG and others",
        Called(SCPD, "GetMedia", answer("GetMedia", "<Volume>NOT_IMPLEMENTED</Volume><Meta>M</Meta>")),
        {"Volume": None, "Meta": "M"},
    ),
    Case(
        "empty-number",
        "none in particular",
        Called(SCPD, "GetMedia", answer("GetMedia", "<Volume></Volume><Meta>M</Meta>")),
        {"Volume": None, "Meta": "M"},
    ),
    Case(
        "value-outside-the-declared-range",
        "Xiaomi speaker and others",
        Called(SCPD, "GetVolume", answer("GetVolume", "<CurrentVolume>180</CurrentVolume>")),
        {"CurrentVolume": 180},
    ),
    Case(
        "value-outside-the-declared-list",
        "Samsung TV (NETWORK,NONE)",
        Called(SCPD, "GetState", answer("GetState", "<State>NETWORK,NONE</State>")),
        {"State": "NETWORK,NONE"},
    ),
    Case(
        "counter-stops-at-the-most",
        "Compal CH7465LG, OnHub, USG-3P",
        Called(SCPD, "GetTotal", answer("GetTotal", "<NewTotal>4294967295</NewTotal>")),
        {"NewTotal": 4294967295},
    ),
    Case(
        "counter-beyond-ui4",
        "UniFi Dream Machine",
        Called(SCPD, "GetTotal", answer("GetTotal", "<NewTotal>1100335252538</NewTotal>")),
        {"NewTotal": 1100335252538},
    ),
    Case(
        "counter-that-wrapped-below-zero",
        "none in particular: signed counters",
        Called(SCPD, "GetTotal", answer("GetTotal", "<NewTotal>-5</NewTotal>")),
        {"NewTotal": -5},
    ),
    Case(
        "padded-number",
        "none in particular",
        Called(SCPD, "GetVolume", answer("GetVolume", "<CurrentVolume>\n 7 \n</CurrentVolume>")),
        {"CurrentVolume": 7},
    ),
    Case(
        "byte-order-mark-and-nuls",
        "WeMo and others",
        Called(SCPD, "GetVolume", "\ufeff" + VOLUME + "\0\0"),
        {"CurrentVolume": 7},
    ),
    Case(
        "bare-ampersand-in-an-argument",
        "devices of HA#121369",
        Called(SCPD, "GetMedia", answer("GetMedia", "<Volume>7</Volume><Meta>Tom & Jerry</Meta>")),
        {"Volume": 7, "Meta": "Tom & Jerry"},
    ),
    Case(
        "control-character-in-an-argument",
        "none in particular: tags of files",
        Called(SCPD, "GetMedia", answer("GetMedia", "<Volume>7</Volume><Meta>Tom\x01</Meta>")),
        {"Volume": 7, "Meta": "Tom"},
    ),
    Case(
        "invalid-utf-8-in-an-argument",
        "ARRIS TG2492LG and others",
        Called(
            SCPD,
            "GetVolume",
            [
                raw_answer(
                    answer("GetVolume", "<CurrentVolume>7</CurrentVolume><X>@</X>")
                    .encode()
                    .replace(b"@", b"\xf0_")
                )
            ],
            look=lambda result: result["CurrentVolume"],
        ),
        7,
    ),
    Case(
        "closes-a-kept-connection",
        "Yamaha YAS-209, August WR320 (Linkplay)",
        Called(SCPD, "GetVolume", [http(VOLUME), CLOSE, http(VOLUME)]),
        {"CurrentVolume": 7},
    ),
    Case(
        "play-with-four-arguments",
        "JRiver",
        Called(SCPD, "Play", answer("Play", ""), arguments={"Speed": "1", "Sync": 0, "Key": "", "At": ""}),
        {},
    ),
    Case(
        "play-without-the-vendors-arguments-is-refused-before-it-is-sent",
        "JRiver",
        Called(SCPD, "Play", answer("Play", ""), arguments={"Speed": "1"}),
        Raises(UpnpError),
    ),
    Case(
        "soapaction-is-spelled-as-devices-know-it",
        "a router (jupnp#120)",
        sent(lambda request: bool({"SOAPACTION", "SOAPAction"} & set(header_names(request)))),
        True,
    ),
    Case(
        "soapaction-is-quoted",
        "old MiniUPnPd",
        sent(lambda request: header("soapaction", request)),
        f'"{SERVICE}#GetVolume"',
    ),
    Case(
        "content-type-has-a-charset",
        "devices of goupnp#4",
        sent(lambda request: header("content-type", request)),
        'text/xml; charset="utf-8"',
    ),
    Case(
        "content-length-counts-bytes",
        "Linn (AUC#129)",
        sent(whole_length, "SetMeta", Meta="Küche \U0001f3b5"),
        True,
    ),
    Case(
        "nothing-is-chunked-nor-expected",
        "devices of rupnp#5",
        sent(lambda request: [header(name, request) for name in ("transfer-encoding", "expect")]),
        [None, None],
    ),
    Case(
        "no-compression-is-asked-for",
        "devices of upnp.dart#19",
        sent(lambda request: header("accept-encoding", request)),
        None,
    ),
]
