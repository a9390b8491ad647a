"""UDA chapter 1.3, control point: whether a search may be left out, as others have just sent it.

``ssdp_listener`` tells what it hears and sends, and asks before a search. Many programs search all the time,
and devices answer each one; their answers go to whoever asked, so that only repetitions can be left out.
Time is an argument.
"""

from typing import Final

from async_upnp_client._protocol.discovery import SSDP_ST_ALL

# Targets searched for by others that are remembered: those in use are few, and forged ones push out only each
# other's like.
TARGETS_REMEMBERED: Final = 64


class SearchCourtesy:
    """What others have searched for, and what became of our own searches.

    A search is never left out that asks something new, whose last like has found nobody, or whose last like
    was left out: whoever comes is found within two searches.
    """

    def __init__(self) -> None:
        self._others: dict[str, float] = {}
        self._target: str | None = None
        self._is_answered = False

    def hear(self, search_target: str, now: float) -> None:
        """Note a search of somebody else."""
        target = search_target.strip().lower()
        self._others.pop(target, None)
        self._others[target] = now
        if len(self._others) > TARGETS_REMEMBERED:
            del self._others[next(iter(self._others))]

    def send(self, search_target: str) -> None:
        """Note a search of ours."""
        self._target = search_target.strip().lower()
        self._is_answered = False

    def answered(self) -> None:
        """Note an answer to it."""
        self._is_answered = True

    def leave_out(self, search_target: str, within: float, now: float) -> bool:
        """Return whether to leave out a search, and note that it is.

        It may be if somebody has searched for the same, or for everything, in the last `within` seconds.
        """
        target = search_target.strip().lower()
        if target != self._target or not self._is_answered:
            return False
        heard = [self._others[asked] for asked in (target, SSDP_ST_ALL) if asked in self._others]
        if not heard or now - max(heard) > within:
            return False
        self._target = None
        return True
