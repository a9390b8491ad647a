"""A local network of its own, made of Linux network namespaces, for real devices and control points.

`tests/interop/conftest.py` and `tests/interop/demo.py` open it. A switch (a bridge in a namespace of its
own) joins the hosts; nothing is connected to the network of the machine. It knows nothing of UPnP, and
imports only what comes with Python.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

IPV4_NETWORK = "10.77.0"
INTERFACE = "eth0"
BRIDGE = "bridge"
PAUSE = 0.05  # seconds between two looks at something that is awaited
STOP_SECONDS = 10.0  # what a program gets to end by itself, before it is killed
RUN_SECONDS = 60.0  # a command of iproute2 takes milliseconds; a machine under load takes more


class NetworkError(Exception):
    """The network cannot be built, or a program in it does not do what is awaited."""


def unmet_needs(programs: Iterable[str] = ()) -> list[str]:
    """Return what is missing for a network and these programs, in words; nothing when all is there."""
    if not sys.platform.startswith("linux"):
        return ["Linux (network namespaces)"]
    unmet = [f"the program {name}" for name in ("ip", *programs) if find_program(name) is None]
    if not Path("/proc/net/if_inet6").exists():
        unmet.append("IPv6 in the kernel")
    if os.geteuid() != 0:
        return ["root (network namespaces)", *unmet]
    if not unmet and (refusal := _namespace_refusal()):
        unmet.append(f"the right to make network namespaces ({refusal})")
    return unmet


def find_program(name: str) -> str | None:
    """Return the path of a program; daemons live where the search path of a user does not look."""
    return shutil.which(name) or shutil.which(name, path="/usr/local/sbin:/usr/sbin:/sbin")


def _namespace_refusal() -> str | None:
    """Try it: a container's root may lack the capability."""
    name = f"upnp-try-{os.getpid()}-{secrets.token_hex(2)}"
    try:
        _ip(f"netns add {name}")
    except NetworkError as err:
        return str(err)
    _ip(f"netns delete {name}")
    return None


def _ip(words: str) -> str:
    """Run a command of iproute2 and return what it prints."""
    command = ["ip", *words.split()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=RUN_SECONDS, check=False)
    if done.returncode:
        raise NetworkError(f"ip {words}: {done.stderr.strip() or done.returncode}")
    return done.stdout


def wait_until(condition: Callable[[], bool], what: str, seconds: float) -> None:
    """Look until something holds; NetworkError says what did not within this time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise NetworkError(f"{what}: not within {seconds:g} seconds")
        time.sleep(PAUSE)


class Host:
    """One host of the network: a namespace with an interface, and with those that are added."""

    def __init__(self, network: Network, name: str, number: int) -> None:
        """Name the host; the number is the last octet of its addresses."""
        self.network = network
        self.name = name
        self.namespace = f"{network.name}-{name}"
        self.ipv4 = f"{IPV4_NETWORK}.{number}"
        self.mac = f"02:77:00:00:00:{number:02x}"
        self.ipv6 = f"fe80::77:ff:fe00:{number:x}"  # what the kernel makes of this MAC (RFC 4291, appendix A)

    @property
    def scope_id(self) -> int:
        """The number of the interface: the scope of its link-local addresses."""
        return int(self._ip(f"-o link show dev {INTERFACE}").partition(":")[0])

    def command(self, *arguments: str) -> list[str]:
        """Return the command line that runs these arguments on this host."""
        return ["ip", "netns", "exec", self.namespace, *arguments]

    def run(self, *arguments: str, seconds: float = RUN_SECONDS) -> subprocess.CompletedProcess[str]:
        """Run a command on this host to its end; its exit code is for the caller to judge."""
        return subprocess.run(
            self.command(*arguments),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def start(self, *arguments: str, name: str, environment: dict[str, str] | None = None) -> Program:
        """Start a program on this host; the network stops it at the latest when it comes down."""
        program = Program(self.command(*arguments), self.network.directory, name, environment)
        self.network.programs.append(program)
        return program

    def set_up(self) -> None:
        """Make the namespace, its interface, its addresses and its route for multicast."""
        _ip(f"netns add {self.namespace}")
        self._ip("link set lo multicast on up")
        self._connect(INTERFACE, BRIDGE)
        for interface in ("all", "default", INTERFACE):
            self._set_ipv6(f"{interface}/disable_ipv6", "0")  # containers often have it off
            # Without detection of duplicate addresses the link-local address can be used at once.
            self._set_ipv6(f"{interface}/accept_dad", "0")
        self._ip(f"link set {INTERFACE} address {self.mac}")
        self._ip(f"address add {self.ipv4}/24 brd + dev {INTERFACE}")
        self.plug_in()

    def _connect(self, interface: str, bridge: str) -> None:
        switch, port = self.network.switch, f"{self.name}-{interface}"
        _ip(f"link add {port} netns {switch} type veth peer name {interface} netns {self.namespace}")
        _ip(f"-n {switch} link set {port} master {bridge} up")

    def add_interface(self, interface: str, ipv4: str, bridge: str) -> None:
        """Plug in one more interface, with an IPv4 address and a link-local one."""
        self._connect(interface, bridge)
        self._ip(f"address add {ipv4}/24 brd + dev {interface}")
        self._ip(f"link set {interface} up")

    def remove_interface(self, interface: str) -> None:
        """Take an interface away, as a USB adapter is."""
        self._ip(f"link delete {interface}")

    def unplug(self, interface: str = INTERFACE) -> None:
        """Pull the cable of an interface; `plug_in` puts that of the first one back."""
        self._ip(f"link set {interface} down")

    def move_to(self, number: int) -> None:
        """Take another IPv4 address in the same network, as a lease that ran out leads to."""
        self._ip(f"address delete {self.ipv4}/24 dev {INTERFACE}")
        self.ipv4 = f"{IPV4_NETWORK}.{number}"
        self._ip(f"address add {self.ipv4}/24 brd + dev {INTERFACE}")
        self.plug_in()

    def drop(self, rule: str) -> None:
        """Drop what comes in and matches a rule of nftables; NetworkError where that cannot be.

        What is dropped going out is an error for its sender, and what gets lost on the way is none.
        """
        chain = f"chain incoming {{ type filter hook input priority 0; {rule} drop; }}"
        done = self.run(find_program("nft") or "nft", f"table inet lost {{\n{chain}\n}}\n")
        if done.returncode:
            raise NetworkError(f"nft: {done.stderr.strip()}")

    def drop_nothing(self) -> None:
        """Let everything in again."""
        done = self.run(find_program("nft") or "nft", "delete table inet lost")
        if done.returncode:
            raise NetworkError(f"nft: {done.stderr.strip()}")

    def plug_in(self) -> None:
        """Join the network, at first or again."""
        self._ip(f"link set {INTERFACE} up")
        # A socket that is bound to no address needs a route to send a search: errno 19 or 101 otherwise.
        self._ip(f"route replace default dev {INTERFACE}")
        self._ip(f"route replace 224.0.0.0/4 dev {INTERFACE}")

    def has_no_route(self) -> None:
        """Know only the neighbours, as before a router has told more; `plug_in` ends that."""
        self._ip("route delete default")
        self._ip("route delete 224.0.0.0/4")

    def _ip(self, words: str) -> str:
        return _ip(f"-n {self.namespace} {words}")

    def _set_ipv6(self, name: str, value: str) -> None:
        self.run("sh", "-c", f"echo {value} > /proc/sys/net/ipv6/conf/{name}")

    def has_ipv6(self) -> bool:
        """Tell whether the link-local address is there and can be used."""
        shown = self._ip(f"-6 -o address show dev {INTERFACE} scope link")
        return self.ipv6 in shown and "tentative" not in shown

    def tear_down(self) -> None:
        """Delete the namespace; what still runs in it was started here and goes first."""
        for pid in _ip(f"netns pids {self.namespace}").split():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
        _ip(f"netns delete {self.namespace}")


class Program:
    """A program that runs on a host, in a session of its own, with its output in files."""

    def __init__(
        self, command: Sequence[str], directory: Path, name: str, environment: dict[str, str] | None
    ) -> None:
        """Start it."""
        self.name = name
        self.output = directory / f"{name}.out"
        self.errors = directory / f"{name}.err"
        with self.output.open("ab") as out, self.errors.open("ab") as err:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
                env={**os.environ, **(environment or {})},
            )

    @property
    def runs(self) -> bool:
        """Tell whether it still runs."""
        return self.process.poll() is None

    def printed(self) -> list[str]:
        """Return the whole lines that it has printed so far."""
        text = self.output.read_text(errors="replace")
        return text[: text.rfind("\n") + 1].splitlines()

    def complained(self) -> str:
        """Return what it has written to standard error so far."""
        return self.errors.read_text(errors="replace")

    def wait_for(self, condition: Callable[[], bool], what: str, seconds: float) -> None:
        """Wait until something holds; NetworkError when this program ends before, or the time is over."""
        try:
            wait_until(lambda: condition() or not self.runs, what, seconds)
        except NetworkError as err:
            raise NetworkError(f"{self.name}: {err}; {self._last_words()}") from None
        if not condition():
            ended = f"{self.name} ended with {self.process.poll()}"
            raise NetworkError(f"{ended} before: {what}; {self._last_words()}")

    def wait_for_end(self, seconds: float) -> int:
        """Wait until it has ended by itself, and return the exit code."""
        wait_until(lambda: not self.runs, f"the end of {self.name}", seconds)
        return self.process.wait()

    def _last_words(self) -> str:
        return f"its last words: {self.complained()[-1000:]!r} {self.printed()[-3:]!r}"

    def interrupt(self) -> int:
        """Press Ctrl-C, wait for the end, and return the exit code."""
        return self._end(signal.SIGINT)

    def stop(self) -> int:
        """Ask it to end, wait for it, and return the exit code."""
        return self._end(signal.SIGTERM)

    def kill(self) -> int:
        """End it as a power cut does: it cannot say goodbye."""
        return self._end(signal.SIGKILL)

    def _end(self, number: int) -> int:
        """Signal the whole session: a program may have children."""
        if not self.runs:
            return self.process.wait()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            return self.process.wait(STOP_SECONDS)


class Network:
    """The switch, its hosts, and the programs that run on them: a context manager."""

    def __init__(self, directory: Path) -> None:
        """Take a directory for what the programs write; the names of namespaces are new in every run."""
        self.directory = directory
        self.name = f"upnp-{os.getpid()}-{secrets.token_hex(2)}"
        self.switch = f"{self.name}-switch"
        self.hosts: list[Host] = []
        self.programs: list[Program] = []
        self._undo = contextlib.ExitStack()

    def __enter__(self) -> Self:
        """Build the switch."""
        try:
            _ip(f"netns add {self.switch}")
            self._undo.callback(_ip, f"netns delete {self.switch}")
            # Every port gets every multicast packet, as on the plain switch of a home.
            self.add_bridge(BRIDGE)
        except BaseException:
            self._undo.close()
            raise
        self._undo.callback(self._stop_programs)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, err: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop every program, then delete every namespace."""
        self._stop_programs()
        self._undo.close()

    def add_bridge(self, name: str) -> None:
        """Add one more segment to the switch, which is connected to no other."""
        _ip(f"-n {self.switch} link add {name} type bridge mcast_snooping 0 stp_state 0")
        _ip(f"-n {self.switch} link set {name} up")

    def add_host(self, name: str, number: int) -> Host:
        """Join one more host to the network."""
        host = Host(self, name, number)
        self._undo.callback(self._remove, host)
        host.set_up()
        self.hosts.append(host)
        return host

    def _remove(self, host: Host) -> None:
        if host.namespace in _ip("netns list"):
            host.tear_down()

    def _stop_programs(self) -> None:
        for program in reversed(self.programs):
            program.stop()
        self.programs.clear()


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Let SIGTERM end the block as Ctrl-C does, so that what it has built is taken down."""

    def end(number: int, _frame: object) -> None:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
