"""The command `upnp-client`: the control point's whole job from a shell.

`main` reads the command line, then loads and runs the command. Nothing happens at import, and
`--help` loads nothing of the library.
"""

import os
import sys
from collections.abc import Sequence
from typing import TextIO

from async_upnp_client.cli.arguments import parse_arguments
from async_upnp_client.cli.exit_codes import CommandError, ExitCode


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit code, see `ExitCode`.

    Never exits by itself, and what users, devices or the network do wrong never shows a traceback.
    """
    try:
        return _main(argv)
    except KeyboardInterrupt:
        # before a command runs, or where the loop cannot take signals
        from async_upnp_client.cli.output import Output  # noqa: PLC0415 - for start-up time, see below

        Output(None, sys.stderr, pprint=False, iso8601=False).complain("interrupted")
        return ExitCode.INTERRUPTED
    finally:
        _drain(sys.stdout)


def _main(argv: Sequence[str] | None) -> int:
    try:
        args = parse_arguments(argv)
    except SystemExit as end:  # argparse ends the process after help and for wrong usage
        return end.code if isinstance(end.code, int) else ExitCode.DONE

    # loading asyncio, aiohttp and what makes JSON takes longer than help or a usage error should
    from async_upnp_client.cli.logs import logging_to  # noqa: PLC0415 - for start-up time, see above
    from async_upnp_client.cli.output import Output  # noqa: PLC0415 - for start-up time, see above

    output = Output(sys.stdout, sys.stderr, pprint=args.pprint, iso8601=args.iso8601)
    with logging_to(sys.stderr, debug=args.debug, debug_traffic=args.debug_traffic):
        from async_upnp_client.cli.commands import run  # noqa: PLC0415 - for start-up time, see above

        try:
            exit_code = run(args, output)
        except CommandError as err:
            output.complain(str(err))
            exit_code = err.exit_code
    if output.failure and not isinstance(output.failure, BrokenPipeError):
        output.complain(f"results cannot be written: {output.failure.strerror}")
        exit_code = ExitCode.MISMATCH
    return exit_code


def _drain(stream: TextIO | None) -> None:
    """Flush standard output now: at its exit Python would complain of a pipe whose reader has gone."""
    if stream is None:
        return
    try:
        stream.flush()
    except OSError:
        # takes what is still buffered; not by pathlib, a fifth of the start of this program
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
