"""Requests as they are written, for those who look at what is answered.

    python raw_requests.py HOST PORT REQUESTS

REQUESTS is JSON: a list of lists of lines, the head of a request; `{SID}` in one stands for the last SID
that was given. Prints a list of [status, headers] as JSON. It imports only the standard library.
"""

import json
import socket
import sys

SECONDS = 30.0


def ask(address: tuple[str, int], lines: list[str]) -> tuple[int, dict[str, str]]:
    """Send a head, and read the one that comes back."""
    text = "\r\n".join([*lines, f"HOST: {address[0]}:{address[1]}", "CONNECTION: close", "", ""])
    if any(line.upper().startswith("HOST:") for line in lines):
        text = "\r\n".join([*lines, "CONNECTION: close", "", ""])
    with socket.create_connection(address, timeout=SECONDS) as connection:
        connection.sendall(text.encode())
        data = b""
        while more := connection.recv(65536):
            data += more
    start, *headers = data.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in headers)
    return int(start.split()[1]), {name.upper(): value.strip() for name, _, value in pairs}


def main() -> None:
    """Ask everything, one after the other."""
    address = (sys.argv[1], int(sys.argv[2]))
    sid, answers = "", []
    for lines in json.loads(sys.argv[3]):
        status, headers = ask(address, [line.replace("{SID}", sid) for line in lines])
        sid = headers.get("SID", sid)
        answers.append((status, headers))
    print(json.dumps(answers))


if __name__ == "__main__":
    main()
