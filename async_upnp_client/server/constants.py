"""Constants that 0.49.0's ``server`` had, for those who import them."""

from collections.abc import Mapping
from typing import Final

from async_upnp_client.const import NS

NAMESPACES: Final[Mapping[str, str]] = {
    "s": NS["soap_envelope"],
    "es": "http://schemas.xmlsoap.org/soap/encoding/",
}
HEADER_SERVER: Final = "async-upnp-client/0.49.0 UPnP/2.0 Server/1.0"
"""What 0.49.0 called itself; here the tokens stand in the order of the UDA, see ``_product``."""
HEADER_CACHE_CONTROL: Final = "max-age=1800"
