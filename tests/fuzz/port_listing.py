"""Any list of port mappings gives entries that can be written and read again, or an error of ours.

Each entry has an address, ports and a lease; what has not is counted.
"""

from async_upnp_client.exceptions import UpnpXmlContentError, UpnpXmlParseError
from async_upnp_client.profiles.igd.entries import build_port_listing, parse_port_listing
from tests.fuzz.text import document_of

LARGEST = 1 << 16


def check(data: bytes) -> None:
    """Check one text."""
    text = document_of(data)
    try:
        entries, unread = parse_port_listing(text)
    except (UpnpXmlContentError, UpnpXmlParseError):
        return
    assert len(entries) + unread <= text.count("PortMappingEntry")
    written, none = parse_port_listing(build_port_listing(entries))
    assert none == 0
    assert [entry[:6] for entry in written] == [entry[:6] for entry in entries]
