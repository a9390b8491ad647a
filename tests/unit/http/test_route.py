"""Where a request goes: the addresses of its host, checked, and what a redirect makes of it."""

import pytest

from async_upnp_client._http.route import (
    MOST_ADDRESSES,
    Route,
    async_routes,
    redirect_target,
    redirected_headers,
    with_host_header,
)
from async_upnp_client.const import HttpRequest
from async_upnp_client.exceptions import UpnpUrlError
from async_upnp_client.url_policy import DEFAULT_URL_POLICY
from tests.support.named_loop import run_with_names

POLICY = DEFAULT_URL_POLICY


def routes(url, *addresses):
    """Return the routes to a URL, whose name stands for these addresses, and the look-ups made."""

    async def main(loop):
        return await async_routes(url, POLICY), loop.looked_up

    return run_with_names({"tv.local": [addresses], "localhost": [addresses]}, main)


@pytest.mark.parametrize(
    ("url", "route"),
    [
        ("http://192.0.2.1:80/x?y#z", Route("http://192.0.2.1:80/x?y#z")),
        ("http://127.0.0.1/", Route("http://127.0.0.1/")),
        ("http://[fe80::1%3]:80/x", Route("http://[fe80::1%3]:80/x")),
        ("https://192.0.2.1/", Route("https://192.0.2.1/")),
        ("http://0xC0000201:80/x", Route("http://192.0.2.1:80/x", "0xC0000201:80")),
        ("http://[::ffff:192.0.2.1]/", Route("http://192.0.2.1/", "[::ffff:192.0.2.1]")),
        ("/x", Route("/x")),
    ],
)
def test_an_address_needs_no_look_up(url, route):
    assert routes(url) == ([route], [])


@pytest.mark.parametrize(
    ("url", "address", "route"),
    [
        ("http://tv.local:80/x", "192.0.2.1", Route("http://192.0.2.1:80/x", "tv.local:80")),
        ("http://TV.local/x", "192.0.2.1", Route("http://192.0.2.1/x", "TV.local")),
        ("http://u:p@tv.local/", "192.0.2.1", Route("http://u:p@192.0.2.1/", "tv.local")),
        ("https://tv.local:443/", "fd00::1", Route("https://[fd00::1]:443/", "tv.local:443", "tv.local")),
        ("HTTPS://tv.local./", "192.0.2.1", Route("https://192.0.2.1/", "tv.local.", "tv.local")),
        ("http://tv.local/", "::ffff:192.0.2.1", Route("http://192.0.2.1/", "tv.local")),
        ("http://localhost:1/", "127.0.0.1", Route("http://127.0.0.1:1/", "localhost:1")),
    ],
)
def test_a_name_is_looked_up_once_and_stays_in_the_host_header(url, address, route):
    name = "localhost" if "localhost" in url else "tv.local"
    assert routes(url, address) == ([route], [name])


def test_addresses_that_are_refused_are_left_out():
    found, _ = routes("http://tv.local/", "127.0.0.1", "192.0.2.1", "::1", "192.0.2.2", "169.254.1.1")
    assert [route.url for route in found] == ["http://192.0.2.1/", "http://192.0.2.2/"]


def test_the_number_of_addresses_is_bounded():
    found, _ = routes("http://tv.local/", *(f"192.0.2.{number}" for number in range(1, 50)))
    assert len(found) == MOST_ADDRESSES


@pytest.mark.parametrize(
    ("url", "addresses"),
    [
        ("http://tv.local/", ("127.0.0.1",)),
        ("http://tv.local/", ("127.0.0.1", "::1", "0.0.0.0", "169.254.169.254")),
        ("http://localhost/", ("192.0.2.1",)),
        ("no url", ()),
        ("//192.0.2.1/", ()),
        ("", ()),
        ("ftp://192.0.2.1/", ()),
        ("http://192.0.2.1\\@127.0.0.1/", ()),
        ("http://[::1/", ()),
    ],
)
def test_where_no_address_is_left_it_is_an_error(url, addresses):
    with pytest.raises(UpnpUrlError):
        routes(url, *addresses)


@pytest.mark.parametrize("url", ["http://tv.local/", "http://nosuch.local/"])
def test_a_name_without_address(url):
    with pytest.raises(OSError, match=r"\w"):
        routes(url)


@pytest.mark.parametrize(
    ("method", "status", "headers", "target"),
    [
        ("GET", 301, {"Location": "/y"}, "/y"),
        ("HEAD", 302, {"Location": "/y"}, "/y"),
        ("GET", 303, {"Location": "/y"}, "/y"),
        ("GET", 307, {"Location": "/y"}, "/y"),
        ("GET", 308, {"Location": "/y"}, "/y"),
        ("GET", 302, {}, None),
        ("GET", 200, {"Location": "/y"}, None),
        ("GET", 304, {"Location": "/y"}, None),
        ("GET", 300, {"Location": "/y"}, None),
        ("POST", 302, {"Location": "/y"}, None),
        ("POST", 307, {"Location": "/y"}, None),
        ("SUBSCRIBE", 302, {"Location": "/y"}, None),
    ],
)
def test_what_is_a_redirect_to_follow(method, status, headers, target):
    assert redirect_target(HttpRequest(method, "http://192.0.2.1/", {}, None), status, headers) == target


SENT = {"HOST": "192.0.2.1", "AUTHORIZATION": "Basic x", "cookie": "y", "Accept": "z"}


@pytest.mark.parametrize(
    ("target", "headers"),
    [
        ("http://192.0.2.1/y", {"AUTHORIZATION": "Basic x", "cookie": "y", "Accept": "z"}),
        ("http://192.0.2.1:81/y", {"Accept": "z"}),
        ("https://192.0.2.1/y", {"Accept": "z"}),
        ("http://192.0.2.2/y", {"Accept": "z"}),
        ("http://[fe80::1%3]:80/y", {"Host": "[fe80::1]:80", "Accept": "z"}),
    ],
)
def test_secrets_stay_with_the_server_they_are_for(target, headers):
    assert redirected_headers(SENT, "http://192.0.2.1/x", target) == headers


@pytest.mark.parametrize(
    ("headers", "host", "sent"),
    [
        ({"A": "b"}, "tv:80", {"Host": "tv:80", "A": "b"}),
        ({"HOST": "own"}, "tv:80", {"HOST": "own"}),
        ({"A": "b"}, None, {"A": "b"}),
    ],
)
def test_a_host_header_that_is_there_stays(headers, host, sent):
    assert with_host_header(headers, host) == sent
