"""The UDN of any USN is a stripped part of it that begins with one ``uuid:`` and goes on, or None."""

from async_upnp_client._protocol.discovery import udn_from_headers
from async_upnp_client._protocol.ssdp_message import udn_from_usn
from tests.fuzz.text import header_of

LARGEST = 65507


def check(data: bytes) -> None:
    """Check one USN."""
    usn = header_of(data)
    udn = udn_from_usn(usn)
    assert udn_from_headers({"usn": usn}) == udn
    if udn is None:
        return
    assert udn in usn
    assert udn == udn.strip()
    assert udn[:5].lower() == "uuid:", udn
    assert len(udn) > 5, udn
    assert udn[5:10].lower() != "uuid:", udn
    assert "::" not in udn
    assert udn_from_usn(udn) == udn
