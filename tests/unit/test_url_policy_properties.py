"""The URL policy, whatever it is given."""

from ipaddress import IPv4Address, IPv6Address
from urllib.parse import urlsplit

from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from async_upnp_client._addresses import is_valid_location
from async_upnp_client.exceptions import UpnpUrlError
from async_upnp_client.url_policy import DEFAULT_URL_POLICY, PLAIN_LOCATION, canonical_url

POLICY = DEFAULT_URL_POLICY

PIECES = r"""http: https: HTTP: ftp: // / \ @ : :80 ? # % %3 [ ] . 。 ① %31 a localhost tv.local
127.0.0.1 127.1 0x7f.1 2130706433 192.0.2.1 0 169.254.1.1 ::1 ::ffff:127.0.0.1 fe80::1 fd00::1"""
parts = st.sampled_from([*PIECES.split(), " ", "\t", "\0", "\ud800"])
urls = st.one_of(
    st.lists(parts, max_size=8).map("".join),
    st.lists(parts, max_size=5).map(lambda some: "http://" + "".join(some)),
    st.text(max_size=40),
)
hosts = st.one_of(
    st.ip_addresses(v=4).map(str),
    st.ip_addresses(v=6).map(lambda ip: f"[{ip}]"),
    st.just("localhost"),
    st.just("tv"),
)
ports = st.sampled_from(["", ":80", ":49152"])


def spellings(address: IPv4Address) -> list[str]:
    """Return ways to write an IPv4 address in a URL."""
    a, b, c, d = address.packed
    number = int(address)
    return [
        str(address),
        f"{address}.",
        str(number),
        hex(number),
        f"0{number:o}",
        f"{a}.{b}.{c << 8 | d}",
        f"{a:#x}.{b}.0{c:o}.{d}" if c else f"{a:#x}.{b}.0.{d}",
        f"[::ffff:{address}]",
        f"[::FFFF:{number >> 16:X}:{number & 0xFFFF:X}]",
        "".join(f"%{ord(character):02x}" for character in str(address)),
    ]


@given(urls)
def test_a_location_is_used_as_it_will_be_judged_again(url):
    try:
        used = POLICY.check_location(url)
    except UpnpUrlError:
        return
    assert POLICY.check_location(used) == used
    assert urlsplit(used).scheme in {"http", "https"}


@given(urls, urls)
def test_a_redirect_is_refused_or_leads_where_it_would_again(url, target):
    try:
        used = POLICY.check_redirect(url, target)
    except UpnpUrlError:
        return
    assert POLICY.check_redirect(url, used) == used


@given(hosts, ports, urls)
def test_a_service_url_has_the_host_of_the_location(host, port, url):
    location = f"http://{host}{port}/d.xml"
    try:
        used = POLICY.check_service_url(location, url)
    except UpnpUrlError:
        return
    # of what a location must not have, only what is in this location already
    try:
        POLICY.check_location(location)
    except UpnpUrlError:
        return
    assert POLICY.check_location(used) == used
    assert urlsplit(used).hostname == urlsplit(POLICY.check_location(location)).hostname


@given(st.ip_addresses(v=4), ports)
def test_every_spelling_of_an_address_is_judged_alike(address, port):
    assert isinstance(address, IPv4Address)
    verdicts: set[str | None] = set()
    for host in spellings(address):
        try:
            verdicts.add(POLICY.check_location(f"http://{host}{port}/"))
        except UpnpUrlError:
            verdicts.add(None)
    assert verdicts in ({f"http://{address}{port}/"}, {None})
    is_refused = (
        address.is_loopback
        or address.is_multicast
        or address.is_link_local
        or address.is_reserved
        or int(address) < 1 << 24
    )
    assert (verdicts == {None}) == is_refused


@given(st.ip_addresses(v=4) | st.ip_addresses(v=6), urls)
def test_what_is_connected_to_is_the_address_that_was_checked(address, url):
    try:
        used = POLICY.check_address(url, str(address))
    except UpnpUrlError:
        return
    carried = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    assert urlsplit(used).hostname == str(carried or address)
    # aiohttp has a reader of URLs of its own
    assert URL(used).host == str(carried or address)


numbers = st.one_of(
    st.integers(0, 300), st.sampled_from([0, 1, 126, 127, 128, 168, 169, 170, 223, 224, 254, 255])
)


@given(
    st.tuples(numbers, numbers, numbers, numbers),
    st.sampled_from(
        ["", "/", ":0/", ":80/", ":59999/a.xml", ":60000/", ":65536/", "/a?b=c", "/%41", "/a b", "/@x"]
    ),
)
def test_what_is_told_at_a_glance_is_told_so_on_a_closer_look(octets, rest):
    url = f"http://{'.'.join(map(str, octets))}{rest}"
    if PLAIN_LOCATION.fullmatch(url):
        assert is_valid_location(url)
        assert canonical_url(url) == url
