"""The connection of a virtual gateway to its provider: up or down, since when, with which address.

``device`` has one, ``wan`` tells of it and changes it at the wish of control points (WANIPConnection:1
§2.4.3-6). The time is what the clock says that it is given.
"""

from collections.abc import Callable
from typing import Final

from async_upnp_client.profiles.igd.errors import WanErrorCode
from async_upnp_client.virtual.gateway.faults import refused

STATUSES: Final = (
    "Unconfigured",
    "Connecting",
    "Connected",
    "PendingDisconnect",
    "Disconnecting",
    "Disconnected",
)
LAST_ERRORS: Final = (
    "ERROR_NONE",
    "ERROR_COMMAND_ABORTED",
    "ERROR_NOT_ENABLED_FOR_INTERNET",
    "ERROR_USER_DISCONNECT",
    "ERROR_ISP_DISCONNECT",
    "ERROR_IDLE_DISCONNECT",
    "ERROR_FORCED_DISCONNECT",
    "ERROR_NO_CARRIER",
    "ERROR_IP_CONFIGURATION",
    "ERROR_UNKNOWN",
)


class Connection:
    """The connection to the provider; setting what it says sends the events."""

    def __init__(self, clock: Callable[[], float], address: str, on_change: Callable[[], None]) -> None:
        self._clock = clock
        self._on_change = on_change
        self._address = address
        self._status = "Connected"
        self._since = clock()
        self.last_error = "ERROR_NONE"
        """Why it was ended last."""

    @property
    def address(self) -> str:
        """The external address while it is connected, "" otherwise. Setting it gives it another."""
        return self._address if self._status == "Connected" else ""

    @address.setter
    def address(self, address: str) -> None:
        self._address = address
        self._on_change()

    @property
    def status(self) -> str:
        """One of ``STATUSES``."""
        return self._status

    @status.setter
    def status(self, status: str) -> None:
        if status == "Connected" != self._status:
            self._since = self._clock()
        self._status = status
        self._on_change()

    @property
    def uptime(self) -> int:
        """Seconds since it was connected; 0 while it is not."""
        return int(self._clock() - self._since) if self._status == "Connected" else 0

    def connect(self, *, is_allowed: bool = True) -> None:
        """Connect; 706 where nothing is configured, 709 where the owner does not allow it."""
        if self._status == "Unconfigured":
            raise refused(WanErrorCode.CONNECTION_NOT_CONFIGURED)
        if not is_allowed:
            raise refused(WanErrorCode.INTERNET_ACCESS_DISABLED)
        self.last_error, self.status = "ERROR_NONE", "Connected"

    def disconnect(self, error: str) -> None:
        """End it, for a reason out of ``LAST_ERRORS``; 711 where it has ended."""
        if self._status != "Connected":
            raise refused(WanErrorCode.CONNECTION_ALREADY_TERMINATED)
        self.last_error, self.status = error, "Disconnected"

    def restart(self) -> None:
        """Connect anew, as after a restart of the gateway."""
        self._since = self._clock()
        self.last_error, self.status = "ERROR_NONE", "Connected"
