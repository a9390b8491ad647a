"""What is wrong with a device, a service or an action, kept at it: the part that the three have in common.

Filled by ``client_factory`` with what the descriptions have wrong, and at run time by who reads an answer or
an event. Must not know what any of it means.
"""

import logging

from async_upnp_client._diagnostics import Code, Diagnostics, diagnostic, path
from async_upnp_client.const import Diagnostic
from async_upnp_client.limits import Limits

_LOGGER = logging.getLogger(__name__)


class Diagnosed:
    """A thing of the model, with a list of what is wrong with it."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._diagnostics = Diagnostics()

    @property
    def where(self) -> str:
        """Where a diagnostic about this is: names from the device down, parted by slashes; "" if alone."""
        return ""

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """What is wrong with this alone: in its description, and in what was received since.

        Filled strict or not. Each code once for each place, and no more than ``Limits.diagnostics``. When the
        description is read anew, the list begins anew.
        """
        return self._diagnostics.below(self.where)

    @property
    def own_diagnostics(self) -> Diagnostics:
        """The same with ``where`` relative to this; for ``reinit``."""
        return self._diagnostics

    def add_diagnostic(self, found: Diagnostic) -> bool:
        """Keep what is wrong, ``where`` relative to this; tell whether it is news. Users may add theirs."""
        return self._diagnostics.add(found, self._limits)

    def note(self, code: Code, where: str, message: str) -> None:
        """Keep what was found at run time, and log it once."""
        if self._diagnostics.has(code, where):
            return
        if self.add_diagnostic(diagnostic(code, where, message, self._limits)):
            _LOGGER.debug("%s: %s: %s", path(self.where, where), code.text, message)
