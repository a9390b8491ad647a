"""The entry points by name, with their seeds and the words of their language."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

from tests.fuzz.regressions import REGRESSIONS

NAMES = (
    "cache_control",
    "callback",
    "data_types",
    "device_document",
    "device_tree",
    "didl_lite",
    "http_answer",
    "http_request",
    "last_change",
    "notify",
    "openhome_lists",
    "port_listing",
    "service_document",
    "soap_call",
    "soap_reply",
    "ssdp_datagram",
    "timeout",
    "url_policy",
    "urls",
    "usn",
)
SEEDS = Path(__file__).parent / "seeds"
WORDS = Path(__file__).parent / "words"
WORD = re.compile(rb"[A-Za-z][\w.:-]{2,60}")


@dataclass(frozen=True)
class EntryPoint:
    """What is run: `check` and what its cases are made of. `largest` is the size of its largest cases."""

    name: str
    invariant: str
    check: Callable[[bytes], None]
    seeds: tuple[bytes, ...]
    tokens: tuple[bytes, ...]
    largest: int


@cache
def entry_point(name: str) -> EntryPoint:
    """Return an entry point by its name."""
    module = import_module(f"tests.fuzz.{name}")
    seeds = read_seeds(name)
    found = {word for seed in seeds for word in WORD.findall(seed)}
    return EntryPoint(
        name,
        (module.__doc__ or "").partition("\n")[0],
        module.check,
        tuple(seeds),
        tuple(dict.fromkeys((*read_words(name), *sorted(found)))),
        module.LARGEST,
    )


def read_words(name: str) -> list[bytes]:
    """Return the words of an entry point's language, which stand one in a line with Python's escapes."""
    lines = (WORDS / f"{name}.lines").read_text("ascii").splitlines()
    return [line.encode().decode("unicode_escape").encode("latin-1") for line in lines]


def read_seeds(name: str) -> list[bytes]:
    """Return the seeds of an entry point, and what once broke its invariant.

    A file is a seed. Of ``.lines`` each line is one; ``.http`` has its lines end in CR LF.
    """
    seeds: list[bytes] = []
    for path in sorted((SEEDS / name).iterdir()):
        data = path.read_bytes()
        if path.suffix == ".lines":
            seeds += data.splitlines()
        else:
            seeds.append(data.replace(b"\n", b"\r\n") if path.suffix == ".http" else data)
    return [*seeds, *(data for of, data, _what in REGRESSIONS if of == name)]
