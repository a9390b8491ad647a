from dataclasses import replace

import pytest

from async_upnp_client.profiles.igd.connection import (
    AddressKind,
    WanConnection,
    address_kind,
    is_named_by,
    ranked,
    wan_services,
)
from tests.support import model

IP1 = "urn:schemas-upnp-org:service:WANIPConnection:1"
IP2 = "urn:schemas-upnp-org:service:WANIPConnection:2"
PPP = "urn:schemas-upnp-org:service:WANPPPConnection:1"


@pytest.mark.uda("G-010")
@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("8.8.8.8", AddressKind.PUBLIC),
        (" 8.8.8.8 ", AddressKind.PUBLIC),
        ("100.64.0.1", AddressKind.CARRIER_NAT),
        ("100.127.255.254", AddressKind.CARRIER_NAT),
        ("192.168.1.1", AddressKind.PRIVATE),
        ("10.1.2.3", AddressKind.PRIVATE),
        ("169.254.1.1", AddressKind.PRIVATE),
        ("0.0.0.0", AddressKind.NONE),
        ("", AddressKind.NONE),
        (None, AddressKind.NONE),
        ("unknown", AddressKind.NONE),
    ],
)
def test_what_an_external_address_is_worth(text: str | None, kind: AddressKind) -> None:
    assert address_kind(text) is kind


@pytest.mark.uda("G-001", "G-002")
def test_connections_are_found_anywhere_in_the_tree() -> None:
    services = {name: model.service(service_type=name) for name in (PPP, IP1, IP2)}
    other = model.service(service_type="urn:schemas-any-com:service:Any:1")
    first = model.device([services[PPP], other], udn="uuid:a")
    second = model.device([services[IP1], services[IP2]], udn="uuid:b")
    root = model.device([], [model.device([], [first, second], udn="uuid:wan")])
    assert wan_services(root) == [services[IP2], services[IP1], services[PPP]]


@pytest.mark.parametrize(
    ("default", "named"),
    [
        ("uuid:c:WANConnectionDevice:1,urn:upnp-org:serviceId:WANIPConn1", True),
        ("UUID:C:WANConnectionDevice:1, urn:upnp-org:serviceId:WANIPConn1 ", True),
        ("uuid:c,urn:upnp-org:serviceId:WANIPConn1", True),
        ("uuid:c:WANConnectionDevice:1,urn:upnp-org:serviceId:WANPPPConn1", False),
        ("uuid:d:WANConnectionDevice:1,urn:upnp-org:serviceId:WANIPConn1", False),
        ("InternetGatewayDevice", False),
        ("", False),
        (None, False),
    ],
)
def test_what_layer_3_forwarding_names(default: str | None, named: bool) -> None:
    service = model.service(service_type=IP1, service_id="urn:upnp-org:serviceId:WANIPConn1")
    model.device([service], udn="uuid:c")
    assert is_named_by(service, default) is named


def connection(status: str | None = "Connected", address: str | None = "8.8.8.8") -> WanConnection:
    """A connection of a device."""
    return WanConnection(model.service(service_type=IP1), status=status, external_ip_address=address)


@pytest.mark.uda("G-001")
def test_the_ranking() -> None:
    best = [
        replace(connection(), is_default=True),
        connection(),
        replace(connection(), error=OSError()),
        connection(address="100.64.0.1"),
        connection(address=""),
        connection("Disconnected"),
        connection("Disconnected", ""),
    ]
    assert ranked(reversed(best)) == best


@pytest.mark.uda("G-001")
@pytest.mark.parametrize("status", ["Connected", "Up", " connected"])
def test_connected_in_the_words_of_devices(status: str) -> None:
    assert connection(status).is_connected


def test_newer_versions_win_among_equals() -> None:
    newer = WanConnection(model.service(service_type=IP2), status="Connected", external_ip_address="8.8.8.8")
    assert ranked([connection(), newer])[0] is newer


def test_the_reasons() -> None:
    assert replace(connection(), is_default=True).reasons == (
        "is connected",
        "has the external address 8.8.8.8",
        "is the gateway's default connection",
    )
    assert connection(None, None).reasons == (
        "does not say whether it is connected",
        "has no external address",
    )
    behind = connection("Disconnected", "100.64.0.1")
    assert behind.is_behind_nat
    assert behind.reasons[0] == "is Disconnected"
    assert "carrier-grade NAT" in behind.reasons[1]
    assert "OSError" in replace(connection(), error=OSError("gone")).reasons[2]
    assert not connection().is_behind_nat
