"""Who we are, in the words of UPnP: the product tokens of USER-AGENT and SERVER (UDA 2.0 §1.2.2, §2.1).

Whoever sends a message says it the same way: searches over UDP, requests over HTTP. It must not know what is
sent, nor by whom.
"""

import platform
from functools import lru_cache
from typing import Final

from async_upnp_client import __version__

PRODUCT: Final = "async-upnp-client"
"""Our name: without blanks, as it is a token."""


@lru_cache(maxsize=1)
def user_agent() -> str:
    """Return operating system, UPnP version and product, each with its version behind a slash.

    Blanks part the tokens, so that those inside a name (some kernels have them) become underscores.
    """
    system, release = (
        text.replace(" ", "_") or "unknown" for text in (platform.system(), platform.release())
    )
    return f"{system}/{release} UPnP/2.0 {PRODUCT}/{__version__}"
