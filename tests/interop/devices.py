"""Devices that people have at home, from Debian's packages: minidlna, gmediarender, and a light on GUPnP.

`tests/interop/conftest.py` and `tests/interop/demo.py` start them on hosts of a `Network`. Readiness is asked
of the devices themselves, over HTTP, from the control point's host. It imports only the standard library.
"""

from __future__ import annotations

import math
import struct
import sys
import wave
from pathlib import Path
from typing import ClassVar

from tests.interop.network import INTERFACE, Host, NetworkError, Program, unmet_needs

DEBIAN_PACKAGES = (
    "iproute2",
    "minidlna",
    "gmediarender",
    "gstreamer1.0-plugins-base",
    "gstreamer1.0-plugins-good",
    "gstreamer1.0-plugins-ugly",
    "gstreamer1.0-tools",
    "python3-gi",
    "gir1.2-gupnp-1.6",
    "miniupnpd",
    "miniupnpd-nftables",
    "miniupnpc",
    "nftables",
    "gupnp-tools",  # gssdp-discover
    "tshark",
    "vlc-bin",
    "vlc-plugin-base",
)
PROGRAMS = ("minidlnad", "gmediarender")
DEBIAN_PYTHON = "/usr/bin/python3"  # the one that has the module gi
DEBIAN_GI = "/usr/lib/python3/dist-packages/gi"
TYPELIB = "*/girepository-1.0/GUPnP-1.6.typelib"
LIGHT = Path(__file__).with_name("gupnp_light.py")
READY_SECONDS = 60.0  # all answer within two seconds; a machine under load takes more

# Runs on the control point's host: asks for a page until it holds a text.
ASK = """
import sys, time, urllib.error, urllib.request
url, text, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
deadline = time.monotonic() + seconds
while True:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            if text in answer.read().decode("utf-8", "replace"):
                break
            found = "another answer"
    except OSError as err:
        found = err
    if time.monotonic() > deadline:
        sys.exit(f"{url}: {found}")
    time.sleep(0.05)
"""


def unmet_device_needs() -> list[str]:
    """Return what is missing for the network and its devices, in words; nothing when all is there."""
    unmet = unmet_needs(PROGRAMS)
    if not any(Path("/usr/lib").glob(TYPELIB)) or not Path(DEBIAN_GI).exists():
        unmet.append("GUPnP 1.6 for Python (python3-gi, gir1.2-gupnp-1.6)")
    return unmet


def write_tone(path: Path, hertz: int, seconds: float = 1.0) -> None:
    """Write a small WAV file: a sine, mono, 16 bit, 8 kHz."""
    rate = 8000
    samples = (int(12000 * math.sin(2 * math.pi * hertz * i / rate)) for i in range(int(rate * seconds)))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))


class Device:
    """A device on a host: started, stopped, killed; ready when it serves its description."""

    kind: str
    friendly_name: str
    udn: str
    device_type: str
    port: int
    path: str

    def __init__(self, host: Host, asker: Host) -> None:
        """Take the host that it runs on, and the one that asks whether it is ready."""
        self.host = host
        self.asker = asker
        self.program: Program | None = None

    @property
    def url(self) -> str:
        """The location of its description."""
        return f"http://{self.host.ipv4}:{self.port}{self.path}"

    def arguments(self) -> list[str]:
        """Return the command line."""
        raise NotImplementedError

    def start(self) -> None:
        """Start it and wait until it serves its description."""
        name = f"{self.kind}-{len(self.host.network.programs)}"
        home = {"HOME": str(self.host.network.directory), "LC_ALL": "C.UTF-8"}
        self.program = self.host.start(*self.arguments(), name=name, environment=home)
        self.await_page(self.url, self.udn)

    def await_page(self, url: str, text: str) -> None:
        """Wait until a page, seen from the asker, holds a text; NetworkError if the device ends before."""
        assert self.program is not None, "start it first"
        name = f"ask-{len(self.host.network.programs)}"
        script = ("-I", "-S", "-c", ASK, url, text, str(READY_SECONDS))
        ask = self.asker.start(sys.executable, *script, name=name)
        self.program.wait_for(lambda: not ask.runs, f"{url} to hold {text!r}", READY_SECONDS + 30)
        if ask.stop():
            raise NetworkError(f"{self.kind} is not ready: {ask.complained().strip()}")

    def stop(self) -> None:
        """Switch it off: it says byebye."""
        if self.program:
            self.program.stop()

    def kill(self) -> None:
        """Cut its power: it says nothing."""
        if self.program:
            self.program.kill()


class MiniDlna(Device):
    """minidlna: a MediaServer:1 with three short tones."""

    kind = "minidlna"
    friendly_name = "Interop MediaServer"
    udn = "uuid:4d696e69-444c-164e-9d41-027700000014"
    device_type = "urn:schemas-upnp-org:device:MediaServer:1"
    port = 8200
    path = "/rootDesc.xml"
    tones: ClassVar[dict[str, int]] = {"Tone A": 440, "Tone B": 494, "Tone C": 523}
    watches = False  # whether it looks out for new files

    @property
    def home(self) -> Path:
        """Where it keeps everything."""
        return self.host.network.directory / self.kind

    @property
    def media(self) -> Path:
        """Where the files are that it serves."""
        return self.home / "Music"

    def arguments(self) -> list[str]:
        """Write the media and the configuration; return the command line."""
        home, media = self.home, self.media
        if not home.exists():
            media.mkdir(parents=True)
            for title, hertz in self.tones.items():
                write_tone(media / f"{title}.wav", hertz)
        settings = {
            "port": self.port,
            "network_interface": INTERFACE,
            "user": "root",
            "media_dir": f"A,{media}",
            "friendly_name": self.friendly_name,
            "db_dir": home / "db",
            "log_dir": home,
            "inotify": "yes" if self.watches else "no",
            "notify_interval": 30,
            "uuid": self.udn.removeprefix("uuid:"),
            "root_container": "B",  # browse the folders, as they are on disk
        }
        configuration = home / "minidlna.conf"
        configuration.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        return ["minidlnad", "-S", "-f", str(configuration), "-P", str(home / "minidlna.pid")]

    def start(self) -> None:
        """Start it; ready when its own page counts every file."""
        super().start()
        self.await_page(f"http://{self.host.ipv4}:{self.port}/", f"<td>{len(self.tones)}</td>")


class WatchfulMiniDlna(MiniDlna):
    """The same, and it takes in what is put into its folder."""

    kind = "minidlna-watchful"
    friendly_name = "Watchful MediaServer"
    udn = "uuid:4d696e69-444c-164e-9d41-027700000050"
    watches = True


class GMediaRender(Device):
    """gmediarender: a MediaRenderer:1 on libupnp, playing into nothing."""

    kind = "gmediarender"
    friendly_name = "Interop MediaRenderer"
    udn = "uuid:11111111-2222-3333-4444-000000000030"
    device_type = "urn:schemas-upnp-org:device:MediaRenderer:1"
    port = 49494
    path = "/description.xml"

    def arguments(self) -> list[str]:
        """Return the command line."""
        return [
            "gmediarender",
            f"--interface-name={INTERFACE}",
            f"--port={self.port}",
            f"--uuid={self.udn.removeprefix('uuid:')}",
            f"--friendly-name={self.friendly_name}",
            "--gstout-audiopipe=fakesink sync=true",
            "--gstout-videopipe=fakesink sync=true",
            "--logfile=stderr",
        ]

    def start(self) -> None:
        """Start it; ready when it says so: before, it does not hear that it is to stop."""
        super().start()
        assert self.program is not None, "it is started"
        log = self.program.complained
        self.program.wait_for(lambda: "Ready for rendering" in log(), "it is ready", READY_SECONDS)


class GUPnPLight(Device):
    """A light on GUPnP: a BinaryLight:1 that answers searches over IPv4 and over IPv6 link-local."""

    kind = "gupnp-light"
    friendly_name = "Interop Light"
    udn = "uuid:22222222-3333-4444-5555-000000000040"
    device_type = "urn:schemas-upnp-org:device:BinaryLight:1"
    port = 49200
    path = "/light.xml"

    def arguments(self) -> list[str]:
        """Return the command line."""
        home = self.host.network.directory / self.kind
        home.mkdir(exist_ok=True)
        named = [str(home), self.udn, self.friendly_name, INTERFACE, str(self.port)]
        return [DEBIAN_PYTHON, str(LIGHT), *named, self.host.ipv4, self.host.ipv6]
