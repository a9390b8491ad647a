"""A loop that looks names up in a table, as a resolver that an attacker commands would answer."""

import asyncio
import socket
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, TypeVar

Result = TypeVar("Result")
NEVER = None  # as an answer: nothing comes back


class NamedLoop(asyncio.SelectorEventLoop):
    """A real loop, whose names stand for what `names` says: each look-up gets its next answer, or the last.

    An answer is a sequence of addresses. `looked_up` holds the names asked for. What is not in the table, and
    is no address, does not exist.
    """

    def __init__(self, names: Mapping[str, Sequence[Sequence[str] | None]]) -> None:
        """Take the table."""
        super().__init__()
        self.names = {name: list(answers) for name, answers in names.items()}
        self.looked_up: list[str] = []

    async def getaddrinfo(self, host: Any, port: Any, **_hints: int) -> list[Any]:
        """Look a name up."""
        try:
            return socket.getaddrinfo(host, port, flags=socket.AI_NUMERICHOST)
        except socket.gaierror:
            self.looked_up.append(host)
            answers = self.names.get(host)
            if answers is None:
                raise
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if answer is NEVER:
            await asyncio.Event().wait()
            return []
        return [
            entry
            for address in answer
            for entry in socket.getaddrinfo(address, port, flags=socket.AI_NUMERICHOST)
        ]


def run_with_names(
    names: Mapping[str, Sequence[Sequence[str] | None]],
    main: Callable[[NamedLoop], Coroutine[Any, Any, Result]],
) -> Result:
    """Run a coroutine on a `NamedLoop`."""
    loop = NamedLoop(names)
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(main(loop))
