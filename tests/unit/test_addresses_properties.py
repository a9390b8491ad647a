"""Addresses: what is built is read back; any text asked about gets an answer or a documented error."""

from ipaddress import IPv4Address, IPv6Address
from urllib.parse import urljoin

from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client._addresses import (
    absolute_url,
    fix_ipv6_address_scope_id,
    get_adjusted_url,
    get_host_port_string,
    host_header,
    host_header_of_url,
    inherit_zone,
    ip_version_from_location,
    is_valid_location,
    same_host,
    split_address,
    with_zone,
    without_zone,
    zone_of_url,
)
from async_upnp_client.exceptions import UpnpError

PORTS = st.integers(0, 65535)
SCOPES = st.integers(0, 2**32 - 1)
V4 = st.tuples(st.ip_addresses(v=4).map(str), PORTS)
V6 = st.tuples(st.ip_addresses(v=6).map(str), PORTS, st.just(0), SCOPES)
LINK_LOCAL = st.ip_addresses(v=6, network="fe80::/10").map(str)
# what looks like a URL, and has what makes URLs hard
URL_LIKE = st.one_of(
    st.text(),
    st.text("ahtp0127.:/[]@%\\ fe\r\n\t\0#?。é１", max_size=40),
    st.from_regex(r"https?://[^/]{0,20}(:[0-9]{0,6})?/.{0,10}", fullmatch=True),
)


@given(V4 | V6)
def test_an_address_is_read_as_it_is_written(address):
    assert split_address(get_host_port_string(address)) == address


@given(V6)
def test_scope_ids_survive_as_zones(address):
    host, port, flow, scope = address
    zoned = (f"{host}%{scope}", port, flow, 0)
    assert fix_ipv6_address_scope_id(zoned) == address


@given(V4 | V6)
def test_a_host_header_is_that_of_the_url(address):
    header = host_header(address[0], address[1])
    assert host_header_of_url(f"http://{header}/desc.xml") == header


@given(LINK_LOCAL, PORTS, st.from_regex(r"[a-z0-9]{1,8}", fullmatch=True))
def test_a_zone_comes_and_goes(host, port, zone):
    url = f"http://[{host}]:{port}/desc.xml"
    zoned = with_zone(url, zone)
    assert zone_of_url(zoned) == zone
    assert without_zone(zoned) == url
    assert inherit_zone(zoned, url) == zoned
    assert same_host(zoned, url)
    assert not same_host(url, zoned)


@given(st.ip_addresses(v=4))
def test_unsafe_addresses_are_so_in_every_spelling(address: IPv4Address):
    expected = is_valid_location(f"http://{address}/")
    number = int(address)
    for spelling in (number, hex(number), oct(number).replace("0o", "0"), f"[::ffff:{address}]"):
        assert is_valid_location(f"http://{spelling}/") is expected


@given(st.ip_addresses(v=6))
def test_the_spelling_of_an_ipv6_address_changes_nothing(address: IPv6Address):
    expected = is_valid_location(f"http://[{address}]/")
    assert is_valid_location(f"http://[{address.exploded}]/") is expected
    assert is_valid_location(f"http://[{str(address).upper()}%3]/") is expected


@given(URL_LIKE, URL_LIKE, V4 | V6)
def test_any_text_is_answered(text, other, address):
    assert is_valid_location(text) in {True, False}
    assert same_host(text, other) in {True, False}
    assert ip_version_from_location(text) in {4, 6, None}
    assert zone_of_url(without_zone(text)) is None or "%" in without_zone(text)
    for url in (get_adjusted_url(text, address), inherit_zone(text, other), absolute_url(text, other)):
        assert isinstance(url, str)
    try:
        header = host_header_of_url(text)
    except UpnpError:
        return
    assert header.isprintable()
    assert not {" ", "@", "/"} & set(header)


@given(URL_LIKE)
def test_any_address_is_read_or_refused(text):
    try:
        address = split_address(text)
    except UpnpError:
        return
    assert len(address) in {2, 4}


PARTS = st.sampled_from(
    [
        "/",
        "//",
        ".",
        "..",
        "/.",
        "a",
        "A1_",
        "%20",
        "~",
        "-",
        ";",
        "?",
        "#",
        ":",
        "é",
        " ",
        "\n",
        "\t",
        "@",
        "[",
    ]
)


@given(
    st.sampled_from(["http://h", "https://192.168.1.2:80", "HTTP://h", "http://[fe80::1]", "http://u@h", ""]),
    st.lists(PARTS).map("".join),
    st.lists(PARTS).map("".join),
)
def test_a_url_is_resolved_as_the_standard_library_does(origin, place, url):
    for text in (url, "/" + url.lstrip("/")):
        try:
            expected = urljoin(origin + place, text)
        except ValueError:
            expected = text
        assert absolute_url(origin + place, text) == expected
