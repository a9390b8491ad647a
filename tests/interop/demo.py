"""Show the main job on real devices: `python3 -m tests.interop.demo`. It ends by itself, and leaves nothing.

It runs `upnp-client` on a host of the lab, as a person would, and prints each command line before its output.
"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from tests.interop.devices import DEBIAN_PACKAGES, unmet_device_needs
from tests.interop.lab import Lab, open_lab
from tests.interop.network import NetworkError

EVENT_SECONDS = 20.0
BROWSE = (
    "ObjectID=0",
    "BrowseFlag=BrowseDirectChildren",
    "Filter=*",
    "StartingIndex=0",
    "RequestedCount=0",
    "SortCriteria=",
)


def main() -> int:
    """Run the demonstration and return its exit code."""
    if unmet := unmet_device_needs():
        print(
            "The demonstration runs real devices in network namespaces. It needs, and does not find:",
            *(f"  - {need}" for need in unmet),
            "On Debian 12, as root:",
            f"  apt-get install --no-install-recommends {' '.join(DEBIAN_PACKAGES)}",
            "  python3 -m tests.interop.demo",
            sep="\n",
            file=sys.stderr,
        )
        return 2
    try:
        with open_lab() as lab:
            return Demo(lab).show()
    except KeyboardInterrupt:
        return 130
    except NetworkError as err:
        print(f"The lab does not work: {err}", file=sys.stderr)
        return 1


class Demo:
    """What is shown, one step after the other."""

    def __init__(self, lab: Lab) -> None:
        """Take the lab, with its devices running."""
        self.lab = lab
        self.failed = 0
        command = Path(sys.executable).with_name("upnp-client")
        if command.exists():
            lab.client = [str(command)]

    def show(self) -> int:
        """Show everything; 0 if every command ended as it should."""
        lab = self.lab
        print("On a network of its own there are:")
        for device in lab.devices:
            print(f"  {device.kind}: {device.url}")

        self.say("Who is there? Every root device answers.")
        self.client("--timeout", "2", "search", "--search_target", "upnp:rootdevice")
        self.say("And over IPv6? minidlna and gmediarender do not answer there; the light does.")
        ipv6 = ("--target", lab.ipv6_group, "--search_target", "upnp:rootdevice")
        self.client("--timeout", "2", "search", *ipv6)

        renderer, server = lab.renderer.url, lab.server.url
        self.say("What has the renderer?")
        self.client("describe", renderer)
        self.say("How loud is it? Quieter, please. How loud is it now?")
        which = ("InstanceID=0", "Channel=Master")
        self.client("call-action", renderer, "RC/GetVolume", *which)
        self.client("call-action", renderer, "RC/SetVolume", *which, "DesiredVolume=33")
        self.client("--pprint", "call-action", renderer, "RC/GetVolume", *which)

        self.say("Listen to the renderer while its volume changes: each LastChange, as it came and decoded.")
        self.subscribe(renderer, "RC/SetVolume", *which, "DesiredVolume=44")

        self.say("What does the media server serve?")
        self.client("--pprint", "call-action", server, "CD/Browse", *BROWSE)

        self.say("And when a device has lost its power?")
        lab.renderer.kill()
        self.client("call-action", renderer, "RC/GetVolume", *which, code=3)
        failures = (
            f"{self.failed} commands did not end as they should." if self.failed else "All of it works."
        )
        print(f"\n{failures}")
        return 1 if self.failed else 0

    def say(self, text: str) -> None:
        """Say what comes next."""
        print(f"\n# {text}", flush=True)

    def prompt(self, arguments: tuple[str, ...], end: str = "") -> None:
        """Print a command line as a person types it."""
        print(f"$ upnp-client {shlex.join(arguments)}{end}", flush=True)

    def judge(self, code: int, wanted: int) -> None:
        """Say how a command ended, if it is worth saying."""
        if code or wanted:
            print(f"(exit code {code})", flush=True)
        self.failed += code != wanted

    def client(self, *arguments: str, code: int = 0) -> None:
        """Run a command and show what it prints."""
        self.prompt(arguments)
        done = self.lab.run_client(*arguments)
        print(done.stdout + done.stderr, end="", flush=True)
        self.judge(done.returncode, code)

    def subscribe(self, url: str, *action: str) -> None:
        """Subscribe in the background, call an action, show the events until the change is among them."""
        arguments = ("subscribe", url, action[0].partition("/")[0])
        self.prompt(arguments, " &")
        listener = self.lab.start_client(*arguments)
        listener.wait_for(lambda: bool(listener.printed()), "the first event", EVENT_SECONDS)
        shown = self.show_lines(listener.printed(), 0)
        self.client("call-action", url, *action)
        value = action[-1].partition("=")[2]
        changed = f'"Volume": {value}'
        listener.wait_for(
            lambda: any(changed in line for line in listener.printed()[shown:]), changed, EVENT_SECONDS
        )
        shown = self.show_lines(listener.printed(), shown)
        print("^C", flush=True)
        code = listener.interrupt()
        self.show_lines(listener.printed(), shown)
        print(listener.complained(), end="")
        self.judge(code, 0)

    def show_lines(self, lines: list[str], begin: int) -> int:
        """Print lines from a number on, and return the number of lines there are."""
        for line in lines[begin:]:
            print(line, flush=True)
        return len(lines)


if __name__ == "__main__":
    sys.exit(main())
