"""What may be asked of the HTTP server, before anything is asked of a service."""

from datetime import timedelta

import pytest
from aiohttp.web import RouteDef

from async_upnp_client.limits import DEFAULT_LIMITS, Limits
from async_upnp_client.server.device import NopRequester
from async_upnp_client.server.http import granted, is_own_host, path_of, routes
from tests.support.light import Light


@pytest.mark.uda("C-032")
@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("", True),
        ("192.168.1.10", True),
        ("192.168.1.10:8000", True),
        ("[fe80::1]:8000", True),
        ("localhost:8000", True),
        ("media", True),
        ("media.local.", True),
        ("MEDIA.LAN:80", True),
        ("rebound.example.com", False),
        ("192.168.1.10.example.com:8000", False),
        ("local.example.com", False),
        ("rebound.notlocalhost", False),
        ("light.localhost", True),
    ],
)
def test_a_host_that_can_mean_us(host: str, expected: bool) -> None:
    assert is_own_host(host) is expected


@pytest.mark.uda("E-013", "E-015")
@pytest.mark.parametrize(
    ("asked", "expected"), [(None, 3600), (300, 1800), (2000.5, 2000), (10**9, 24 * 60 * 60)]
)
def test_what_is_granted(asked: float | None, expected: int) -> None:
    duration = None if asked is None else timedelta(seconds=asked)
    assert granted(duration, DEFAULT_LIMITS) == expected


def test_a_caller_may_grant_less() -> None:
    assert granted(timedelta(seconds=300), Limits(subscription_seconds=60)) == 60


@pytest.mark.uda("S-016")
@pytest.mark.parametrize(
    ("description", "url", "path"),
    [
        ("/device.xml", "/a.xml", "/a.xml"),
        ("/device.xml", "a.xml", "/a.xml"),
        ("device.xml", "a.xml", "/a.xml"),
        ("/light/device.xml", "a.xml", "/light/a.xml"),
        ("/light/device.xml", "/a.xml", "/a.xml"),
    ],
)
def test_what_is_described_is_served_where_control_points_look_for_it(
    description: str, url: str, path: str
) -> None:
    class Elsewhere(Light):
        DEVICE_DEFINITION = Light.DEVICE_DEFINITION._replace(url=description)

    assert path_of(Elsewhere(NopRequester(), "http://192.168.1.10:8000"), url) == path


def test_each_part_has_its_route() -> None:
    device = Light(requester=NopRequester(), base_uri="http://192.168.1.10:8000")
    found = {(route.method, route.path) for route in routes(device) if isinstance(route, RouteDef)}
    assert found == {
        ("GET", "/device.xml"),
        ("GET", "/Dimming/scpd.xml"),
        ("POST", "/Dimming/control"),
        ("SUBSCRIBE", "/Dimming/events"),
        ("UNSUBSCRIBE", "/Dimming/events"),
        ("GET", "/SwitchPower/scpd.xml"),
        ("POST", "/SwitchPower/control"),
    }, "a service without events takes no subscriptions"
