"""What is wrong with a device, as lines of JSON on standard error: `--diagnostics`.

Called by the commands that have a device. What any of it means stands in `docs/diagnostics.rst`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from async_upnp_client.cli.output import Output
from async_upnp_client.client import UpnpDevice


@contextmanager
def diagnosed(device: UpnpDevice, output: Output, *, wanted: bool) -> Iterator[Callable[[], None]]:
    """Write what is known of a device at the beginning, and what came since at the end, each once.

    Gives a function that writes what came since; where none of this is `wanted`, it does nothing.
    """
    written: set[tuple[str, str]] = set()

    def write() -> None:
        if not wanted:
            return
        for found in device.all_diagnostics:
            if (found.code, found.where) not in written:
                written.add((found.code, found.where))
                output.diagnostic(
                    {
                        "code": found.code,
                        "where": found.where,
                        "severity": found.severity.value,
                        "message": found.message,
                    }
                )

    write()
    try:
        yield write
    finally:
        write()
