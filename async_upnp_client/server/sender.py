"""UDA chapter 1, device side: what all messages of a device say from one of its addresses, and what is added.

``search`` and ``advertisement`` send them. It must not know when, nor to whom.
"""

from functools import lru_cache
from typing import Any, Final

from async_upnp_client._addresses import absolute_url, canonical_host_of_url
from async_upnp_client._product import user_agent
from async_upnp_client._protocol.announcing import MAX_AGE, Sender
from async_upnp_client.server.device import UpnpServerDevice

SENDERS_REMEMBERED: Final = 32
"""One for each address that a device of ours is announced at."""


def sender_of(
    device: UpnpServerDevice, base_uri: str | None, max_age: int = MAX_AGE, search_port: int | None = None
) -> Sender:
    """Return what all messages of a device say that is served at `base_uri`, its own one by default."""
    at, url = base_uri or device.base_uri, device.DEVICE_DEFINITION.url
    return sender_at(at, url, device.boot_id, device.config_id, max_age, search_port)


@lru_cache(SENDERS_REMEMBERED)
def sender_at(
    base_uri: str, url: str, boot_id: int, config_id: int, max_age: int, search_port: int | None
) -> Sender:
    """Return the same, from what it is made of."""
    location = absolute_url(base_uri, url)
    is_ipv6 = ":" in canonical_host_of_url(location)
    return Sender(location, user_agent(), boot_id, config_id, max_age, search_port, is_ipv6)


def extra_headers(headers: Any) -> bytes:
    """Return the lines of the headers that the options add; vendors' have a domain in their name (D-008)."""
    return b"".join(f"{name}:{value}\r\n".encode() for name, value in (headers or {}).items())


def with_headers(packet: bytes, lines: bytes) -> bytes:
    """Return a packet with lines added before the empty one that ends it."""
    return packet[:-2] + lines + packet[-2:] if lines else packet
