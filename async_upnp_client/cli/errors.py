"""What went wrong between us and a device, as a sentence for a person, and as an exit code.

Called where a command ends, and where it goes on without something. The classes of errors decide;
texts come from the library, from the operating system, or from the device.
"""

import errno

from async_upnp_client.cli.exit_codes import CommandError, ExitCode
from async_upnp_client.exceptions import (
    UpnpActionError,
    UpnpConnectionError,
    UpnpConnectionTimeoutError,
    UpnpContentError,
    UpnpError,
    UpnpResponseError,
)

NOT_OURS = frozenset({errno.EADDRNOTAVAIL, errno.ENODEV, errno.ENXIO})
"""What the operating system says of an address or interface that this host does not have."""


def explain(err: UpnpError | OSError) -> str:
    """Say in a sentence what happened."""
    text = str(err) or type(err).__name__
    if isinstance(err, UpnpActionError):
        code = "without code" if err.error_code is None else str(int(err.error_code))
        text = f"refused with UPnP error {code}: {err.error_desc or 'no description'}"
    elif isinstance(err, UpnpConnectionError) and not isinstance(err, UpnpConnectionTimeoutError):
        text = f"no connection: {text}"
    elif isinstance(err, UpnpContentError):
        text = f"what came cannot be read: {text}"
    elif isinstance(err, OSError) and not isinstance(err, UpnpError):
        text = err.strerror or text
    return text


def command_error(err: UpnpError | OSError, subject: str | None = None) -> CommandError:
    """Make of an error the end of a command; `subject` is whom or what the command was about.

    An HTTP error names the URL that failed by itself, which may be another one of the device.
    """
    if isinstance(err, UpnpActionError):
        code = ExitCode.REFUSED
    elif isinstance(err, OSError) and err.errno in NOT_OURS:
        code = ExitCode.MISMATCH
    else:
        code = ExitCode.UNREACHABLE
    sentence = explain(err)
    names_url = isinstance(err, UpnpResponseError) and err.failed_url and err.failed_url in sentence
    if subject and subject not in sentence and not names_url:
        sentence = f"{subject}: {sentence}"
    return CommandError(code, sentence)
