"""The command line as a module: `python -m async_upnp_client.cli`."""

import sys

from async_upnp_client.cli import main

if __name__ == "__main__":
    sys.exit(main())
