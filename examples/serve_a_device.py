#!/usr/bin/env python3
"""Be a device: a light on the network, until Ctrl-C.

    python examples/serve_a_device.py 192.168.1.10 [--port 8000]

Any control point finds it, switches it and is told when it was switched; so does `upnp-client`.
"""

import argparse
import asyncio
from contextlib import suppress
from typing import Annotated, TypedDict

from async_upnp_client.exceptions import UpnpError
from async_upnp_client.server import (
    UpnpServer,
    UpnpServerDevice,
    UpnpServerService,
    Variable,
    callable_action,
    create_device_info,
    create_service_info,
)
from async_upnp_client.ssdp import SSDP_PORT


class Target(TypedDict):
    """What GetTarget gives: the argument, of the type of the variable that it is about."""

    RetTargetValue: Annotated[bool, "Target"]


class Status(TypedDict):
    """What GetStatus gives."""

    ResultStatus: Annotated[bool, "Status"]


class SwitchPower(UpnpServerService):
    """A switch: setting an evented variable tells everybody who has subscribed."""

    SERVICE_DEFINITION = create_service_info("urn:schemas-upnp-org:service:SwitchPower:1")

    target = Variable(bool, "Target", default=False)
    status = Variable(bool, "Status", default=False, evented=True)

    @callable_action("SetTarget")
    async def set_target(self, newTargetValue: Annotated[bool, "Target"]) -> None:  # noqa: N803 - UPnP's name
        """Switch the light."""
        self.target = self.status = newTargetValue
        print("the light is", "on" if newTargetValue else "off", flush=True)

    @callable_action("GetTarget")
    async def get_target(self) -> Target:
        """Tell what it was switched to."""
        return {"RetTargetValue": self.target}

    @callable_action("GetStatus")
    async def get_status(self) -> Status:
        """Tell whether it shines."""
        return {"ResultStatus": self.status}


class Light(UpnpServerDevice):
    """A light; a real one would have a UDN that stays the same."""

    DEVICE_DEFINITION = create_device_info("urn:schemas-upnp-org:device:BinaryLight:1", "Light of an example")
    SERVICES = (SwitchPower,)


async def serve(host: str, port: int, ssdp_port: int) -> None:
    """Serve the light until the task is cancelled."""
    target = ("239.255.255.250", ssdp_port)
    async with UpnpServer(Light, (host, 0), target, http_port=port) as server:
        print("serving", server.location, flush=True)
        await asyncio.Event().wait()


def main() -> None:
    """Read the command line, and serve."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("address", help="IPv4 address of this machine to be found at")
    parser.add_argument("--port", type=int, default=0, help="HTTP port, a free one by default")
    parser.add_argument("--ssdp-port", type=int, default=SSDP_PORT, help=argparse.SUPPRESS)
    args = parser.parse_args()
    try:
        with suppress(KeyboardInterrupt):
            asyncio.run(serve(args.address, args.port, args.ssdp_port))
    except (UpnpError, OSError) as err:
        raise SystemExit(str(err)) from err


if __name__ == "__main__":
    main()
