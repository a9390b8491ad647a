import pytest

from async_upnp_client._networks import is_near, read_address

OWN = "192.168.1.10"


@pytest.mark.uda("D-064", "E-008", "E-009")
@pytest.mark.parametrize(
    ("host", "own", "expected"),
    [
        ("192.168.1.20", OWN, True),
        ("10.1.2.3", OWN, True),  # a routed subnet
        ("172.16.0.1", OWN, True),
        ("172.32.0.1", OWN, False),
        ("169.254.1.1", OWN, True),
        ("100.64.0.1", OWN, True),
        ("8.8.8.8", OWN, False),
        ("127.0.0.1", OWN, False),
        ("127.0.0.1", "127.0.0.1", True),
        ("192.168.1.20", "127.0.0.1", False),
        ("::ffff:192.168.1.20", OWN, True),
        ("::ffff:8.8.8.8", OWN, False),
        ("203.0.113.7", "203.0.113.9", True),
        ("203.0.114.7", "203.0.113.9", False),
        ("fe80::1%eth0", "fe80::2", True),
        ("fd00::1", "fe80::2", True),
        ("2001:db8:1::1", "2001:db8:1::2", True),
        ("2001:db8:1::1", "2001:db8:2::2", False),
        ("2001:db8:1::1", OWN, False),
        ("::1", "::1", True),
        ("239.255.255.250", OWN, False),
        ("0.0.0.0", OWN, False),
        ("media.local", OWN, False),
        ("", OWN, False),
        ("192.168.1.20", "media.local", False),
    ],
)
def test_who_is_near(host: str, own: str, expected: bool) -> None:
    assert is_near(host, own) is expected


def test_an_address_in_other_spellings() -> None:
    assert str(read_address("0x7f.1")) == "127.0.0.1"
    assert read_address("a name") is None
