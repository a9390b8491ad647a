"""UDA chapter 2.5: service descriptions, and the data types in them, as they come to a `UpnpFactory`."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any, Final

from async_upnp_client.client import UpnpDevice, UpnpService
from async_upnp_client.exceptions import UpnpConnectionTimeoutError
from tests.corpus.builders import SERVICE, action, description, scpd, service, value_range, variable
from tests.corpus.case import Case
from tests.corpus.doors import Described, raw_answer

PATH: Final = "/dir/description.xml"
OTHER: Final = "urn:schemas-tencent-com:service:QPlay:1"
VOLUME: Final = scpd(
    variable("Volume", "ui2"), actions=action("GetVolume", ("CurrentVolume", "out", "Volume"))
)


def with_scpd(text: Any, look: Callable[[UpnpService], Any]) -> Described:
    """Return the way of a service description."""
    return Described(
        {PATH: description(service()), "/scpd.xml": text}, lambda device: look(device.services[SERVICE])
    )


def beside_another(text: Any) -> Described:
    """Return the way of a service description that is of no use, beside one that is."""
    return Described(
        {
            PATH: description(service(OTHER, scpd="/QPlay.xml"), service()),
            "/scpd.xml": VOLUME,
            "/QPlay.xml": text,
        },
        counts,
    )


def counts(device: UpnpDevice) -> dict[str, tuple[int, int]]:
    """Return how many variables and actions each service has."""
    return {kind: (len(found.state_variables), len(found.actions)) for kind, found in device.services.items()}


def types(found: UpnpService) -> dict[str, str]:
    """Return the data type of each variable."""
    return {name: each.data_type for name, each in found.state_variables.items()}


def related(found: UpnpService) -> dict[str, list[tuple[str, str, str]]]:
    """Return the actions, with their arguments and those's variables."""
    return {
        name: [(each.name, each.direction, each.related_state_variable.name) for each in one.arguments]
        for name, one in found.actions.items()
    }


def read(name: str, text: str) -> Callable[[UpnpService], Any]:
    """Return what reads a text as the value of a variable."""
    return lambda found: found.state_variable(name).coerce_python(text)


ONLY_THE_OTHER: Final = {OTHER: (0, 0), SERVICE: (1, 1)}
PADDED: Final = "\n          A_ARG_TYPE_pairingDeviceID\n        "

CASES: Final = [
    Case("zero-byte-scpd", "Hegel H190", beside_another(""), ONLY_THE_OTHER),
    Case(
        "invalid-scpd",
        "Linkplay, QPlay boxes",
        beside_another("<scpd><actionList><action><name>A</na"),
        ONLY_THE_OTHER,
    ),
    Case(
        "scpd-is-a-login-page", "routers", beside_another("<!DOCTYPE html><html><br></html>"), ONLY_THE_OTHER
    ),
    Case("scpd-is-the-device-description", "OpenCCU", beside_another(description()), ONLY_THE_OTHER),
    Case("scpd-404", "FRITZ!Box, Synology", beside_another(404), ONLY_THE_OTHER),
    Case(
        "scpd-times-out",
        "Orange Funbox, Sagemcom",
        beside_another(UpnpConnectionTimeoutError("no answer")),
        ONLY_THE_OTHER,
    ),
    Case(
        "data-type-in-another-case",
        "Ping Communication, Realtek ONT (Telmex)",
        with_scpd(scpd(variable("When", "DateTime"), variable("Volume", "ui2")), types),
        {"When": "dateTime", "Volume": "ui2"},
    ),
    Case(
        "date-time-of-another-case-is-read",
        "Ping Communication, Realtek ONT (Telmex)",
        with_scpd(scpd(variable("When", "DateTime")), read("When", "2024-02-29T12:30:00")),
        datetime(2024, 2, 29, 12, 30),
    ),
    Case(
        "ui8",
        "Gerbera",
        with_scpd(scpd(variable("Size", "ui8")), read("Size", "18446744073709551615")),
        2**64 - 1,
    ),
    Case(
        "i8",
        "UDA 2.0 devices",
        with_scpd(scpd(variable("Size", "i8")), read("Size", "-9223372036854775808")),
        -(2**63),
    ),
    Case(
        "date-time-tz",
        "Rotel, Reciva",
        with_scpd(scpd(variable("When", "dateTime.tz")), read("When", "2024-02-29T12:30:00+00:00")),
        datetime(2024, 2, 29, 12, 30, tzinfo=UTC),
    ),
    Case(
        "date-time-with-z-and-fraction",
        "none in particular",
        with_scpd(scpd(variable("When", "dateTime.tz")), read("When", "2024-02-29T12:30:00.250Z")),
        datetime(2024, 2, 29, 12, 30, 0, 250000, tzinfo=UTC),
    ),
    Case(
        "date",
        "UDA",
        with_scpd(scpd(variable("When", "date")), read("When", "2024-02-29")),
        date(2024, 2, 29),
    ),
    Case("time", "UDA", with_scpd(scpd(variable("When", "time")), read("When", "12:30:01")), time(12, 30, 1)),
    Case(
        "unknown-data-type",
        "none in particular",
        with_scpd(
            scpd(variable("Blob", "x-vendor"), variable("Volume", "ui2")), read("Blob", "text as it is")
        ),
        "text as it is",
    ),
    Case(
        "missing-send-events",
        "Netgear R6400v2",
        with_scpd(
            scpd(
                variable("EthernetLinkStatus", attributes=""),
                variable("Volume", "ui2"),
                actions=action("GetVolume", ("CurrentVolume", "out", "Volume")),
            ),
            lambda found: (found.state_variable("EthernetLinkStatus").send_events, list(found.actions)),
        ),
        (True, ["GetVolume"]),
    ),
    Case(
        "send-events-as-an-element",
        "none in particular: older firmware",
        with_scpd(
            scpd(
                variable("A", attributes="", more="<sendEventsAttribute>no</sendEventsAttribute>"),
            ),
            lambda found: found.state_variable("A").send_events,
        ),
        False,
    ),
    Case(
        "padded-names",
        "device of AUC#167",
        with_scpd(
            scpd(
                variable("\n    A_ARG_TYPE_pairingDeviceID\n  ", "\n  string\n "),
                actions=action("\n  Pair\n", ("\n  DeviceID ", "\n in\n", PADDED)),
            ),
            related,
        ),
        {"Pair": [("DeviceID", "in", "A_ARG_TYPE_pairingDeviceID")]},
    ),
    Case(
        "crlf-scpd",
        "UpMpd",
        with_scpd(
            scpd(
                variable("\r\nVolume\r\n", "ui2"),
                actions=action("Get", ("V\r\n", "out\r\n", "\r\nVolume\r\n")),
            ).replace("><", ">\r\n  <"),
            related,
        ),
        {"Get": [("V", "out", "Volume")]},
    ),
    Case(
        "argument-of-an-undeclared-variable",
        "none in particular",
        with_scpd(
            scpd(
                variable("Volume", "ui2"),
                actions=action("Get", ("V", "out", "Volume"), ("W", "out", "Nowhere"))
                + action("Other", ("V", "out", "Volume")),
            ),
            lambda found: list(found.actions),
        ),
        ["Get", "Other"],
    ),
    Case(
        "service-without-a-variable-that-profiles-read",
        "Frontier Silicon (Philips TAPR802)",
        with_scpd(
            scpd(variable("AVTransportURI")),
            lambda found: (
                found.has_state_variable("CurrentTrackURI"),
                found.has_state_variable("AVTransportURI"),
            ),
        ),
        (False, True),
    ),
    Case(
        "scpd-of-more-than-16-kb",
        "ZTE, Sagemcom gateways",
        with_scpd(
            raw_answer(scpd(*(variable(f"Variable{n}", "ui4") for n in range(1000))).encode()),
            lambda found: len(found.state_variables),
        ),
        1000,
    ),
    Case(
        "empty-bound-of-a-range",
        "Netgear",
        with_scpd(
            scpd(
                variable(
                    "V",
                    "ui2",
                    more="<allowedValueRange><minimum>0</minimum><maximum></maximum></allowedValueRange>",
                )
            ),
            lambda found: (found.state_variable("V").min_value, found.state_variable("V").max_value),
        ),
        (0, None),
    ),
    Case(
        "default-value-that-its-type-cannot-hold",
        "none in particular",
        with_scpd(
            scpd(
                variable("V", "ui2", more="<defaultValue>NOT_IMPLEMENTED</defaultValue>"),
                variable("W", "ui2"),
            ),
            lambda found: (found.state_variable("V").default_value, list(found.state_variables)),
        ),
        (None, ["V", "W"]),
    ),
    Case(
        "names-in-no-namespace",
        "Chromecast, Linksys WRT120N",
        with_scpd(VOLUME.replace(' xmlns="urn:schemas-upnp-org:service-1-0"', ""), related),
        {"GetVolume": [("CurrentVolume", "out", "Volume")]},
    ),
    Case(
        "in-argument-is-checked-against-the-declared-range",
        "all that declare one",
        with_scpd(
            scpd(variable("V", "ui2", more=value_range(0, 100))),
            lambda found: (found.state_variable("V").min_value, found.state_variable("V").max_value),
        ),
        (0, 100),
    ),
]
