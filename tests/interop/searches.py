"""Searches for a device, each from a port of its own, for those who look at what comes back.

    python searches.py GROUP[%INTERFACE] UNICAST SECONDS NAME=HEADERS ...

Sends each search once, waits, and prints the port of each as JSON. HEADERS are separated by `|`; UNICAST
beginning a name has it sent to that address, and `from:ADDRESS` as a name from that one. It imports only the
standard library.
"""

import json
import select
import socket
import sys
import time

PORT = 1900


def open_socket(group: str) -> socket.socket:
    """Return a socket of the family of a group, on its interface."""
    host, _, interface = group.partition("%")
    if ":" not in host:
        return socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, socket.if_nametoindex(interface))
    return sock


def main() -> None:
    """Send them, wait, and tell the ports."""
    group, unicast, seconds, *searches = sys.argv[1:]
    sockets = {}
    for search in searches:
        name, _, headers = search.partition("=")
        sock = sockets[name] = open_socket(group)
        if name.startswith("from:"):
            sock.bind((name.removeprefix("from:"), 0))
        target = unicast if name.startswith("unicast") else group
        host, _, interface = target.partition("%")
        written = f"[{host}]" if ":" in host else host
        lines = ["M-SEARCH * HTTP/1.1", f"HOST: {written}:{PORT}", *headers.split("|"), "", ""]
        address = (host, PORT, 0, socket.if_nametoindex(interface)) if interface else (host, PORT)
        sock.sendto("\r\n".join(lines).encode(), address)
    deadline = time.monotonic() + float(seconds)
    while (left := deadline - time.monotonic()) > 0:  # answers go to ports that are there
        for sock in select.select([*sockets.values()], [], [], left)[0]:
            sock.recv(65536)
    print(json.dumps({name: sock.getsockname()[1] for name, sock in sockets.items()}))


if __name__ == "__main__":
    main()
