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
