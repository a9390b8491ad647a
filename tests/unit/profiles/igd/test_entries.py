from datetime import timedelta
from ipaddress import IPv4Address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client.exceptions import UpnpValueError, UpnpXmlContentError, UpnpXmlParseError
from async_upnp_client.profiles.igd.entries import (
    MOST_SECONDS,
    build_port_listing,
    host_text,
    lease_seconds,
    parse_port_listing,
    read_entry,
)
from async_upnp_client.profiles.igd.types import PortMappingEntry

ENTRY = PortMappingEntry(None, 8080, "TCP", 80, IPv4Address("192.0.2.10"), True, "w<e>b", timedelta(hours=1))
VALUES: dict[str, Any] = {
    "NewRemoteHost": "",
    "NewExternalPort": 8080,
    "NewProtocol": "TCP",
    "NewInternalPort": 80,
    "NewInternalClient": "192.0.2.10",
    "NewEnabled": True,
    "NewPortMappingDescription": "w<e>b",
    "NewLeaseDuration": 3600,
}


@pytest.mark.parametrize(
    ("lease", "seconds"),
    [
        (timedelta(), 0),
        (timedelta(days=1, seconds=5), 86405),
        (timedelta(milliseconds=1), 1),
        (timedelta(seconds=59.5), 60),
        (timedelta(days=-1), 0),
        (timedelta.max, MOST_SECONDS),
    ],
)
def test_a_lease_in_whole_seconds(lease: timedelta, seconds: int) -> None:
    assert lease_seconds(lease) == seconds


def test_no_host_is_an_empty_text() -> None:
    assert (host_text(None), host_text(IPv4Address("192.0.2.1"))) == ("", "192.0.2.1")


def test_an_entry() -> None:
    assert read_entry(VALUES) == ENTRY


@pytest.mark.parametrize(
    ("said", "field", "value"),
    [
        ({"NewRemoteHost": "*"}, "remote_host", None),
        ({"NewRemoteHost": "0.0.0.0"}, "remote_host", None),
        ({"NewRemoteHost": None}, "remote_host", None),
        ({"NewRemoteHost": "203.0.113.5"}, "remote_host", IPv4Address("203.0.113.5")),
        ({"NewProtocol": "udp"}, "protocol", "UDP"),
        ({"NewExternalPort": "80"}, "external_port", 80),
        ({"NewEnabled": "0"}, "enabled", False),
        ({"NewEnabled": None}, "enabled", True),
        ({"NewPortMappingDescription": None}, "description", ""),
        ({"NewLeaseDuration": 0}, "lease_duration", None),
        ({"NewLeaseDuration": None}, "lease_duration", None),
        ({"NewLeaseDuration": ""}, "lease_duration", None),
        ({"NewLeaseDuration": 4294967295}, "lease_duration", timedelta(seconds=4294967295)),
        ({"NewLeaseDuration": 10**30}, "lease_duration", timedelta(seconds=4294967295)),
        ({"NewInternalClient": " 192.0.2.11 "}, "internal_client", IPv4Address("192.0.2.11")),
    ],
)
def test_an_entry_in_the_words_of_devices(said: dict[str, Any], field: str, value: object) -> None:
    assert getattr(read_entry(VALUES | said), field) == value


@pytest.mark.parametrize(
    "said",
    [
        {"NewInternalClient": "laptop"},
        {"NewInternalClient": None},
        {"NewInternalPort": None},
        {"NewInternalPort": "many"},
        {"NewExternalPort": None},
        {"NewRemoteHost": "laptop"},
        {"NewLeaseDuration": "long"},
    ],
)
def test_an_entry_that_cannot_be_read(said: dict[str, Any]) -> None:
    with pytest.raises(UpnpValueError, match=next(iter(said))):
        read_entry(VALUES | said)


@pytest.mark.uda("G-012")
@pytest.mark.parametrize(
    "text",
    [
        pytest.param(build_port_listing([ENTRY]), id="by the book"),
        pytest.param(f'<?xml version="1.0"?>\n{build_port_listing([ENTRY])}\0', id="with a declaration"),
        pytest.param(
            "<PortMappingList><PortMappingEntry><NewExternalPort>8080</NewExternalPort>"
            "<NewProtocol>TCP</NewProtocol><NewInternalPort>80</NewInternalPort>"
            "<NewInternalClient>192.0.2.10</NewInternalClient><NewEnabled>1</NewEnabled>"
            "<NewDescription>w&lt;e&gt;b</NewDescription><NewLeaseTime>3600</NewLeaseTime>"
            "</PortMappingEntry></PortMappingList>",
            id="without a namespace",
        ),
        pytest.param(
            '<PortMappingList><PortMappingEntry NewExternalPort="8080" NewProtocol="TCP" '
            'NewInternalPort="80" NewInternalClient="192.0.2.10" NewDescription="w&lt;e&gt;b" '
            'NewLeaseTime="3600"/></PortMappingList>',
            id="in attributes",
        ),
    ],
)
def test_a_list(text: str) -> None:
    assert parse_port_listing(text) == ([ENTRY], 0)


def test_an_empty_list() -> None:
    assert parse_port_listing(" ") == parse_port_listing(build_port_listing([])) == ([], 0)


def test_an_entry_that_cannot_be_read_is_counted() -> None:
    text = build_port_listing([ENTRY, ENTRY]).replace("192.0.2.10", "laptop", 1)
    assert parse_port_listing(text) == ([ENTRY], 1)


@pytest.mark.parametrize("text", ["nothing", "<a", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"])
def test_a_text_that_is_no_document(text: str) -> None:
    with pytest.raises((UpnpXmlParseError, UpnpXmlContentError)):
        parse_port_listing(text)


hosts = st.ip_addresses(v=4)
entries = st.builds(
    PortMappingEntry,
    st.none() | hosts.filter(lambda host: not host.is_unspecified),
    st.integers(0, 65535),
    st.sampled_from(["TCP", "UDP"]),
    st.integers(0, 65535),
    hosts,
    st.booleans(),
    st.text("abc <>&'\"äß", max_size=20).map(str.strip),
    st.none() | st.integers(1, MOST_SECONDS).map(lambda seconds: timedelta(seconds=seconds)),
)


@pytest.mark.uda("G-012")
@given(st.lists(entries, max_size=5))
def test_what_is_written_is_read(listed: list[PortMappingEntry]) -> None:
    assert parse_port_listing(build_port_listing(listed)) == (listed, 0)
