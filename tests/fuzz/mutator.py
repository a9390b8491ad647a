"""Makes cases out of seeds and words: for where atheris is not installed, and for the ordinary test run."""

from collections.abc import Sequence
from random import Random
from typing import Final

# Most cases are small, so that many fit in a second.
USUAL_LARGEST: Final = 8192
# One case in so many is blown up, to find what takes more than linear time.
BLOWN_UP: Final = 100
INTERESTING: Final = (
    b"",
    b"\0",
    b"\r",
    b"\n",
    b"\r\n",
    b" ",
    b"\t",
    b"-1",
    b"0",
    b"1",
    b"2147483648",
    b"4294967295",
    b"4294967296",
    b"9" * 20,
    b"9" * 400,
    b"1e999",
    b"\xff",
    b"\xc3\xa9",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    b"\xe2\x80\xae",
    b"\xf0\x9f\x98\x80",
    b"%",
    b"%00",
    b":",
    b"::",
    b";",
    b"<",
    b">",
    b"&",
    b"]]>",
    b"'",
    b'"',
    b"=",
    b"/",
    b"..",
    b"[",
    b"]",
    b"@",
    b"#",
    b"?",
    b"\\",
    b"{",
    b"}",
)


class Mutator:
    """Makes the cases of one entry point; the same ones for the same seed of the random numbers."""

    def __init__(self, seeds: Sequence[bytes], tokens: Sequence[bytes], largest: int, random: Random) -> None:
        """Take what cases are made of."""
        self._seeds = seeds
        self._tokens = (*tokens, *INTERESTING)
        self._largest = largest
        self._random = random

    def case(self) -> bytes:
        """Make one case."""
        random = self._random
        kind = random.random()
        if kind < 0.03:
            return random.randbytes(random.randrange(200))
        if kind < 0.08:
            return b"".join(random.choices(self._tokens, k=random.randrange(1, 30)))
        data = random.choice(self._seeds)
        changes = 1
        while changes < 32 and random.random() < 0.6:
            changes += 1
        for _ in range(changes):
            data = self._change(data)
        if random.randrange(BLOWN_UP) == 0:
            return self._blow_up(data)
        return data[: min(self._largest, USUAL_LARGEST)]

    def _change(self, data: bytes) -> bytes:
        """Change one thing."""
        random = self._random
        kind = random.randrange(10)
        start = random.randrange(len(data) + 1)
        end = min(len(data), start + (random.randrange(1, 9) if kind % 2 else random.randrange(1, 200)))
        before, part, after = data[:start], data[start:end], data[end:]
        if kind <= 2:
            return before + random.choice(self._tokens) + data[start:]
        if kind == 3:
            return before + random.choice(self._tokens) + after
        if kind == 4:
            return before + after
        if kind == 5:
            return before + part * random.randrange(2, 20) + after
        if kind == 6:
            other = random.choice(self._seeds)
            at = random.randrange(len(other) + 1)
            return before + other[at : at + random.randrange(1, 400)] + data[start:]
        if kind == 7:
            return before + (bytes([part[0] ^ 1 << random.randrange(8)]) if part else b"") + data[start + 1 :]
        if kind == 8:
            to = random.randrange(len(before) + 1)
            return before[:to] + part + before[to:] + after
        return before + part.swapcase() + after

    def _blow_up(self, data: bytes) -> bytes:
        """Repeat a part, until the case is as large as one may be."""
        random = self._random
        start = random.randrange(len(data) + 1)
        part = data[start : start + random.choice((1, 1, 2, 4, 8, 16, 40, 100))] or random.choice(
            self._tokens
        )
        part = random.choice((part, part, random.choice(self._tokens))) or b" "
        room = max(0, self._largest - len(data))
        return (data[:start] + part * (room // len(part)) + data[start:])[: self._largest]
