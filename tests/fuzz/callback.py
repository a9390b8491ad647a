"""Any SUBSCRIBE is a subscription, a renewal or a refusal, and events go to hosts near the subscriber."""

from datetime import timedelta
from http import HTTPStatus

from async_upnp_client._addresses import canonical_host_of_url
from async_upnp_client._networks import is_near, read_address
from async_upnp_client._protocol.eventing import Renew, Subscribe, parse_subscribe, parse_unsubscribe
from async_upnp_client.server.callbacks import allowed_callbacks
from tests.fuzz.text import header_of

# A case is a CALLBACK; further lines are TIMEOUT, NT and SID, where there are any.
NAMES = ("CALLBACK", "TIMEOUT", "NT", "SID")
MOST = 8
SUBSCRIBERS = ("192.168.1.30", "fe80::30%3", "127.0.0.1", "203.0.113.9")
REFUSALS = {HTTPStatus.BAD_REQUEST, HTTPStatus.PRECONDITION_FAILED}
LARGEST = 65507


def check(data: bytes) -> None:
    """Check one subscriber's request."""
    headers = {"NT": "upnp:event"} | dict(zip(NAMES, header_of(data).split("\n"), strict=False))
    asked = parse_subscribe(headers, MOST)
    sid = parse_unsubscribe(headers)
    assert isinstance(sid, str) or sid in REFUSALS
    if isinstance(asked, HTTPStatus):
        assert asked in REFUSALS
        return
    assert asked.timeout is None or timedelta(0) < asked.timeout < timedelta.max
    if isinstance(asked, Renew):
        return
    check_callbacks(asked)


def check_callbacks(asked: Subscribe) -> None:
    """Check where the events of a subscription would go, whoever asked."""
    assert 1 <= len(asked.callbacks) <= MOST
    for subscriber in SUBSCRIBERS:
        allowed = allowed_callbacks(asked.callbacks, subscriber)
        assert len(allowed) <= len(asked.callbacks)
        for url in allowed:
            assert url[:5].lower() == "http:", url
            host = canonical_host_of_url(url)
            assert host, url
            assert read_address(host) is None or is_near(host, subscriber), (url, subscriber)
