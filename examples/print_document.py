#!/usr/bin/env python3
"""Print a page of XHTML.

    python examples/print_document.py http://192.168.1.40:49152/description.xml letter.xhtml [--copies 2]

The printer says where it wants the document, and gets it there.
"""

import argparse
import asyncio
import getpass
from pathlib import Path

from async_upnp_client.aiohttp import AiohttpRequester
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.exceptions import UpnpError
from async_upnp_client.profiles.printer import PrinterDevice


async def print_document(location: str, name: str, document: str, copies: int) -> None:
    """Ask the printer for a job, and send it the document."""
    device = await UpnpFactory(AiohttpRequester(), non_strict=True).async_create_device(location)
    printer = PrinterDevice(device, None)
    job = await printer.async_print(name, getpass.getuser(), document, copies=copies)
    print(f"{printer.name} has taken {name} as job {job.job_id}")


def main() -> None:
    """Read the command line and the document, and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("location", help="URL of the printer's description")
    parser.add_argument("document", type=Path, help="file with the page, in UTF-8")
    parser.add_argument("--copies", type=int, default=1, help="how many (default: %(default)s)")
    args = parser.parse_args()
    try:
        document = args.document.read_text(encoding="utf-8")
        asyncio.run(print_document(args.location, args.document.name, document, args.copies))
    except (OSError, UnicodeError, UpnpError) as err:
        raise SystemExit(str(err)) from err


if __name__ == "__main__":
    main()
