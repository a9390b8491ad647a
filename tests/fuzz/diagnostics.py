"""What holds for diagnostics, whatever the document: they are few, short, fit to be printed, and differ."""

import re
from collections.abc import Iterable

from async_upnp_client.const import Diagnostic
from async_upnp_client.limits import DEFAULT_LIMITS

CODE = re.compile(r"[a-z]+(?:-[a-z]+)*")


def check_diagnostics(diagnostics: Iterable[Diagnostic]) -> None:
    """Check what is noted about one thing."""
    found = list(diagnostics)
    assert len(found) <= DEFAULT_LIMITS.diagnostics
    assert len(set(found)) == len(found), "the same twice"
    for one in found:
        assert CODE.fullmatch(one.code), one.code
        assert one.message.isprintable(), one
        assert one.where.isprintable(), one
        # the last character says that something was cut
        assert max(len(one.message), len(one.where)) <= DEFAULT_LIMITS.diagnostic_length + 1, one
