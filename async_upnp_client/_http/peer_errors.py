"""The log of an HTTP server of ours: what its peers do wrong, and what we do.

`server.pages` has it for those that a device adds. It must not know what is served.
"""

import logging
from typing import Any, Final

from aiohttp import ClientError, web
from aiohttp.http_exceptions import HttpProcessingError

from async_upnp_client._headers import shown
from async_upnp_client._quiet import QuietLog

PEER_ERRORS: Final = (
    ClientError,
    HttpProcessingError,
    web.RequestPayloadError,
    OSError,
)
"""What reading a request may raise by a mistake of its sender."""


class PeerErrors(logging.LoggerAdapter[logging.Logger]):
    """The log of aiohttp's server: what is no HTTP is the peer's mistake, and worth a debug line at times."""

    def __init__(self, logger: logging.Logger, quiet: QuietLog) -> None:
        super().__init__(logger, None)
        self._quiet = quiet

    def log(self, level: int, msg: object, *args: object, exc_info: Any = None, **kwargs: Any) -> None:
        """Log what aiohttp says."""
        if isinstance(exc_info, PEER_ERRORS):
            who = shown(args[0]) if args else None
            self._quiet.report(f"{type(exc_info).__name__} of %s: %s", who, shown(exc_info))
        else:
            super().log(level, msg, *args, exc_info=exc_info, **kwargs)
