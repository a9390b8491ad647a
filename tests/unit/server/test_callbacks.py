import pytest

from async_upnp_client.exceptions import UpnpUrlError
from async_upnp_client.server.callbacks import CallbackPolicy, allowed_callbacks

PEER = "192.168.1.20"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param("http://192.168.1.20:49152/n", "http://192.168.1.20:49152/n", id="own"),
        pytest.param("http://10.0.0.7/n", "http://10.0.0.7/n", marks=pytest.mark.uda("E-009"), id="routed"),
        pytest.param("/foo/bar", "http://192.168.1.20/foo/bar", id="path"),
        pytest.param("http://media.local/n", "http://media.local/n", id="name"),
        pytest.param("http://8.8.8.8/n", None, marks=pytest.mark.uda("E-008"), id="stranger"),
        pytest.param("http://0x08080808/n", None, marks=pytest.mark.uda("E-008"), id="stranger in disguise"),
        pytest.param("http://127.0.0.1/n", None, marks=pytest.mark.uda("E-010"), id="loopback"),
        pytest.param("https://192.168.1.20/n", None, marks=pytest.mark.uda("E-004"), id="https"),
        pytest.param("ftp://192.168.1.20/n", None, marks=pytest.mark.uda("E-004"), id="ftp"),
        pytest.param("http://", None, id="no host"),
    ],
)
def test_where_events_may_go(url: str, expected: str | None) -> None:
    assert allowed_callbacks([url], PEER) == ([] if expected is None else [expected])


@pytest.mark.uda("E-002", "V-009")
@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param("http://[fe80::2]:49152/n", "http://[fe80::2%3]:49152/n", id="link-local"),
        pytest.param("http://[fe80::2%25eth7]:49152/n", "http://[fe80::2%3]:49152/n", id="a zone of theirs"),
        pytest.param("http://[fe80::2%1]/n", "http://[fe80::2%3]/n", id="a number of theirs"),
        pytest.param("/n", "http://[fe80::2%3]/n", id="path"),
        pytest.param("http://[fd00::2]/n", "http://[fd00::2]/n", id="unique local"),
        pytest.param("http://192.168.1.20/n", "http://192.168.1.20/n", id="IPv4"),
    ],
)
def test_events_go_out_by_the_interface_of_the_subscription(url: str, expected: str) -> None:
    assert allowed_callbacks([url], "fe80::2%3") == [expected]


def test_without_a_zone_there_is_none_to_give() -> None:
    assert allowed_callbacks(["http://[fe80::2]/n"], "fd00::2") == ["http://[fe80::2]/n"]


def test_of_several_those_that_may_be_called_stay() -> None:
    urls = ["http://8.8.8.8/", "http://192.168.1.20/a", "http://192.168.1.20/b"]
    assert allowed_callbacks(urls, PEER) == urls[1:]


@pytest.mark.uda("E-010")
def test_a_name_is_judged_by_what_it_stands_for() -> None:
    policy = CallbackPolicy("192.168.1.10")
    assert policy.check_address("http://media.local/n", PEER) == f"http://{PEER}/n"
    assert policy.check_address("http://10.0.0.7/n", "10.0.0.7") == "http://10.0.0.7/n"
    for address in ("8.8.8.8", "127.0.0.1"):
        with pytest.raises(UpnpUrlError):
            policy.check_address("http://media.local/n", address)
