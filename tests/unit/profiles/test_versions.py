import pytest

from async_upnp_client.profiles._versions import version


@pytest.mark.parametrize(
    ("service_type", "number"),
    [
        ("urn:schemas-upnp-org:service:WANIPConnection:2", 2),
        ("urn:av-openhome-org:service:Product:10", 10),
        ("WANIPConnection", 0),
        ("a:x", 0),
        ("a:-1", 0),
        ("a:²", 0),
        ("a:12345", 0),
        ("", 0),
    ],
)
def test_a_version(service_type: str, number: int) -> None:
    assert version(service_type) == number
