"""What may be asked of the HTTP server, before anything is asked of a service."""

from datetime import timedelta
from typing import Any, NamedTuple

import pytest

from async_upnp_client._headers import CaseInsensitiveDict
from async_upnp_client._http.connection import Answer
from async_upnp_client._http.lenient import LenientRequest
from async_upnp_client.limits import DEFAULT_LIMITS, Limits
from async_upnp_client.server.device import NopRequester
from async_upnp_client.server.http import Reception, granted, handlers, is_own_host, path_of, path_of_target
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


def test_each_part_has_its_handler() -> None:
    device = Light(requester=NopRequester(), base_uri="http://192.168.1.10:8000")
    found = {(method, path) for path, methods in handlers(device).items() for method in methods}
    assert found == {
        ("GET", "/device.xml"),
        ("GET", "/Dimming/scpd.xml"),
        ("POST", "/Dimming/control"),
        ("SUBSCRIBE", "/Dimming/events"),
        ("UNSUBSCRIBE", "/Dimming/events"),
        ("GET", "/SwitchPower/scpd.xml"),
        ("POST", "/SwitchPower/control"),
    }, "a service without events takes no subscriptions"


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/device.xml", "/device.xml"),
        ("/device.xml?a=b", "/device.xml"),
        ("/device.xml#a?b", "/device.xml"),
        ("/d%65vice.xml", "/device.xml"),
        ("http://192.168.1.10:8000/device.xml", "/device.xml"),
        ("http://192.168.1.10", "/"),
        ("*", "/"),
        ("", "/"),
        ("/%zz%", "/%zz%"),
    ],
)
def test_the_path_of_what_is_asked_for(target: str, path: str) -> None:
    assert path_of_target(target) == path


class Ends(NamedTuple):
    """Who asks."""

    host: str | None = "192.168.1.20"
    peername: Any = ("192.168.1.20", 4000)
    sockname: Any = ("192.168.1.10", 8000)


@pytest.mark.parametrize(
    ("method", "target", "host", "status", "allow"),
    [
        ("GET", "/device.xml", "light", 200, None),
        ("HEAD", "/device.xml", "light", 200, None),
        ("GET", "http://light/device.xml?x", "light", 200, None),
        ("GET", "/device.xml", "light.example.com", 403, None),
        ("GET", "http://light.example.com/device.xml", "light", 403, None),
        ("GET", "http://192.168.1.10:8000/device.xml", "light.example.com", 200, None),
        ("GET", "/device.xml?http://light/", "light.example.com", 403, None),
        ("GET", "http:///device.xml", "light.example.com", 403, None),
        ("POST", "/device.xml", "light", 405, "GET, HEAD"),
        ("M-POST", "/SwitchPower/control", "light", 405, "POST"),
        ("GET", "/Dimming/events", "light", 405, "SUBSCRIBE, UNSUBSCRIBE"),
        ("GET", "/elsewhere", "light", 404, None),
        ("SUBSCRIBE", "/SwitchPower/events", "light", 404, None),
    ],
)
def test_what_is_asked_for_is_there_or_not(
    method: str, target: str, host: str, status: int, allow: str | None
) -> None:
    reception = Reception(Light(NopRequester(), "http://192.168.1.10:8000"))
    headers = CaseInsensitiveDict({"Host": host})
    answer = reception(LenientRequest(method, target, headers, b"", is_last=False), Ends())
    assert isinstance(answer, Answer)
    assert (answer.status, answer.headers.get("Allow")) == (status, allow)
    assert reception.answers(method, target) is (status in {200, 403})
