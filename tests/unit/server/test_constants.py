from async_upnp_client.const import NS
from async_upnp_client.server.constants import HEADER_CACHE_CONTROL, NAMESPACES


def test_they_agree_with_those_that_are_used() -> None:
    assert NAMESPACES["s"] == NS["soap_envelope"]
    assert HEADER_CACHE_CONTROL == "max-age=1800"
