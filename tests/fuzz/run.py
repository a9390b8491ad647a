"""Run entry points on many cases: ``python -m tests.fuzz.run [names] [--cases N] [--seed S]``.

With atheris (the extra ``fuzz``; Linux, macOS) cases grow towards code not reached yet; else `mutator` makes
them. The exit code is 1 if an invariant broke, or a case took longer than it may.
"""

import argparse
import gc
import os
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Final, NoReturn

from tests.fuzz.entry_points import NAMES, EntryPoint, entry_point
from tests.fuzz.mutator import Mutator

# A broken invariant is reported once per place where it breaks; so many places tell enough.
MOST_FAILURES: Final = 20
# A reproducer is printed whole up to this, and longer ones are written to a file.
PRINTED_BYTES: Final = 2048
# So often a case that took too long is run again, to tell it from one during which the machine was busy.
REPEATS: Final = 3


class Run:
    """One entry point's run: its cases, failures, and the slowest case in seconds of CPU time."""

    def __init__(self, entry: EntryPoint, slowest_allowed: float) -> None:
        """Begin with nothing run."""
        self.entry = entry
        self.slowest_allowed = slowest_allowed
        self.cases = 0
        self.failed = 0
        self.slowest = 0.0
        self.slowest_case = b""
        self.failures: dict[str, tuple[str, bytes]] = {}
        self._began = time.monotonic()

    def case(self, data: bytes) -> None:
        """Run one case, and note what it does."""
        self.cases += 1
        began = time.thread_time()
        try:
            self.entry.check(data)
        except Exception as err:  # noqa: BLE001  # what it is, is the question
            self.failed += 1
            self._note(place_of(err), "".join(traceback.format_exception(err)), data)
        taken = time.thread_time() - began
        if taken <= self.slowest:
            return
        if taken > self.slowest_allowed:
            taken = self._again(data, taken)
        if taken > self.slowest:
            self.slowest, self.slowest_case = taken, data
        if taken > self.slowest_allowed:
            self.failed += 1
            self._note("too slow", f"took {taken:.3f} s", data)

    def _again(self, data: bytes, taken: float) -> float:
        """Return the least that a case takes: a collection of garbage may have fallen into the first time."""
        for _ in range(REPEATS):
            began = time.thread_time()
            with suppress(Exception):  # was noted
                self.entry.check(data)
            taken = min(taken, time.thread_time() - began)
        return taken

    def _note(self, place: str, text: str, data: bytes) -> None:
        known = self.failures.get(place)
        if known is not None and len(known[1]) <= len(data):
            return  # the shortest case tells most
        if known is not None or len(self.failures) < MOST_FAILURES:
            self.failures[place] = (text, data)

    def report(self) -> int:
        """Print what came of it; return the exit code."""
        seconds = time.monotonic() - self._began
        print(
            f"{self.entry.name}: {self.cases} cases, {self.cases / seconds:.0f}/s, {self.failed} failures at "
            f"{len(self.failures)} places, slowest {self.slowest * 1000:.2f} ms "
            f"({len(self.slowest_case)} bytes: {self.slowest_case[:40].hex()}...)"
        )
        for place, (text, data) in self.failures.items():
            print(f"--- {place}\n{text}\nreproducer: {reproducer(data)}")
        sys.stdout.flush()
        return 1 if self.failures else 0


def place_of(error: BaseException) -> str:
    """Name an error by its type and where it was raised, and where the entry point's own code was then."""
    frames = traceback.extract_tb(error.__traceback__)
    inner = frames[-1]
    own = [frame for frame in frames if "/fuzz/" in frame.filename][-1]
    return f"{type(error).__name__} at {Path(inner.filename).name}:{inner.lineno} ({own.name}:{own.lineno})"


def reproducer(data: bytes) -> str:
    """Return a case in hex, or the file in which it is if it is long."""
    if len(data) <= PRINTED_BYTES:
        return data.hex()
    with tempfile.NamedTemporaryFile(prefix="case-", delete=False) as file:
        file.write(data)
    return f"{file.name} ({len(data)} bytes), which begins with {data[:200].hex()}"


def run_mutator(run: Run, cases: int, seed: int) -> int:
    """Run the seeds, then cases of the mutator."""
    entry = run.entry
    mutator = Mutator(entry.seeds, entry.tokens, entry.largest, Random(seed))
    gc.freeze()
    for data in entry.seeds:
        run.case(data)
    while run.cases < cases:
        run.case(mutator.case())
    return run.report()


def run_atheris(name: str, cases: int, seed: int, slowest: float) -> NoReturn:
    """Run cases of atheris. It instruments what is imported while it looks on, so that this comes first.

    What leaves libFuzzer by an exception is a crash to it, so that the process ends here.
    """
    atheris = import_module("atheris")  # not installed everywhere, and without types
    with atheris.instrument_imports(include=["async_upnp_client"]):
        entry = entry_point(name)
    run = Run(entry, slowest)
    folder = Path(tempfile.mkdtemp(prefix=f"fuzz-{name}-"))
    corpus, words = folder / "corpus", folder / "words"
    corpus.mkdir()
    for number, data in enumerate(entry.seeds):
        (corpus / f"seed-{number}").write_bytes(data)
    words.write_text("".join(f'"{escaped(token)}"\n' for token in entry.tokens if token), "ascii")

    def take(data: bytes) -> None:
        run.case(data)
        if run.cases >= cases:
            code = run.report()
            shutil.rmtree(folder)
            os._exit(code)

    options = [f"-dict={words}", f"-max_len={entry.largest}", f"-seed={seed or 1}", "-verbosity=0"]
    atheris.Setup([name, *options, f"-artifact_prefix={folder}/", str(corpus)], take)
    atheris.Fuzz()
    raise AssertionError("atheris ended before all cases were run")


def escaped(token: bytes) -> str:
    """Write a word as libFuzzer's dictionaries have them."""
    return "".join(f"\\x{byte:02x}" for byte in token)


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.run", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"entry points: {', '.join(NAMES)}; or all")
    parser.add_argument("--cases", type=int, default=100_000, help="how many for each")
    parser.add_argument("--seed", type=int, default=1, help="of the random numbers")
    parser.add_argument("--slowest", type=float, default=0.05, help="seconds that a case may take")
    parser.add_argument("--engine", choices=("atheris", "mutate"), help="atheris where it is installed")
    parser.add_argument("--case", metavar="HEX", help="run this case alone, with its traceback")
    options = parser.parse_args()
    unknown = set(options.names) - set(NAMES)
    if unknown:
        parser.error(f"no such entry point: {', '.join(sorted(unknown))}")
    names = options.names or list(NAMES)
    if options.case is not None:
        for name in names:
            entry_point(name).check(bytes.fromhex(options.case))
        return 0
    engine = options.engine or ("atheris" if find_spec("atheris") else "mutate")
    codes = []
    for name in names:
        if engine == "mutate":
            codes.append(run_mutator(Run(entry_point(name), options.slowest), options.cases, options.seed))
        elif len(names) == 1:
            run_atheris(name, options.cases, options.seed, options.slowest)
        else:  # a process of its own, as atheris can be set up once in each
            command = [sys.executable, "-m", "tests.fuzz.run", name, "--engine", "atheris"]
            command += ["--cases", str(options.cases), "--seed", str(options.seed)]
            command += ["--slowest", str(options.slowest)]
            codes.append(subprocess.run(command, check=False).returncode)
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
