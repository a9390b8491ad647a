import pytest

from async_upnp_client.server.device import NopRequester
from async_upnp_client.server.sender import extra_headers, sender_of, with_headers
from tests.support.light import Light

BASE = "http://192.168.1.10:8000"


@pytest.mark.uda("D-024")
@pytest.mark.parametrize("url", ["device.xml", "/device.xml"])
def test_a_location_is_a_url_however_its_path_is_written(url: str) -> None:
    class Written(Light):
        DEVICE_DEFINITION = Light.DEVICE_DEFINITION._replace(url=url)

    sender = sender_of(Written(NopRequester(), BASE), "http://192.168.1.11:8000")
    assert sender.location == "http://192.168.1.11:8000/device.xml"


def test_headers_are_added_before_the_end() -> None:
    assert with_headers(b"A\r\nB:1\r\n\r\n", b"C:2\r\n") == b"A\r\nB:1\r\nC:2\r\n\r\n"
    assert with_headers(b"A\r\n\r\n", b"") == b"A\r\n\r\n"


def test_headers_of_the_options_are_lines() -> None:
    assert (
        extra_headers({"A.EXAMPLE.ORG": 1, "B.EXAMPLE.ORG": "2"}) == b"A.EXAMPLE.ORG:1\r\nB.EXAMPLE.ORG:2\r\n"
    )
    assert extra_headers(None) == b""
