"""Each entry point holds its invariant for what once broke it, and for a number of cases made here and now.

Many more are run by ``python -m tests.fuzz.run``.
"""

import ast
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.entry_points import NAMES, SEEDS, entry_point, read_seeds
from tests.fuzz.mutator import USUAL_LARGEST, Mutator
from tests.fuzz.regressions import REGRESSIONS
from tests.fuzz.run import Run

MUTATED, DRAWN = 600, 80
FOLDER = Path(__file__).parent

every_entry_point = pytest.mark.parametrize("name", NAMES)


@pytest.mark.parametrize(
    ("name", "data"), [case[:2] for case in REGRESSIONS], ids=[case[2] for case in REGRESSIONS]
)
def test_what_once_broke_an_invariant_does_not(name: str, data: bytes) -> None:
    entry_point(name).check(data)


@every_entry_point
def test_the_invariant_holds_for_mutated_seeds(name: str) -> None:
    entry = entry_point(name)
    mutator = Mutator(entry.seeds, entry.tokens, USUAL_LARGEST, Random(0))
    for data in (b"", *entry.seeds):
        entry.check(data)
    for number in range(MUTATED):
        data = mutator.case()
        try:
            entry.check(data)
        except Exception as err:
            raise AssertionError(
                f"case {number}: python -m tests.fuzz.run {name} --case {data.hex()}"
            ) from err


@every_entry_point
def test_the_invariant_holds_for_what_hypothesis_draws(name: str) -> None:
    entry = entry_point(name)
    words = st.lists(st.one_of(st.sampled_from(entry.tokens), st.binary(max_size=8))).map(b"".join)

    @settings(max_examples=DRAWN, suppress_health_check=list(HealthCheck), database=None)
    @given(st.one_of(st.binary(), words, st.text().map(lambda text: text.encode("utf-8", "surrogatepass"))))
    def holds(data: bytes) -> None:
        entry.check(data)

    holds()


@every_entry_point
def test_the_invariant_stands_in_line_1(name: str) -> None:
    text = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    first = (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0]
    assert text.startswith(f'"""{first}')
    assert first.endswith(".")
    assert entry_point(name).invariant == first


def test_every_entry_point_is_named_and_has_seeds() -> None:
    modules = {
        path.stem for path in FOLDER.glob("*.py") if "\ndef check(data: bytes)" in path.read_text("utf-8")
    }
    assert modules == set(NAMES)
    assert {path.name for path in SEEDS.iterdir()} == set(NAMES)
    assert all(read_seeds(name) for name in NAMES)


def test_the_same_seed_makes_the_same_cases() -> None:
    entry = entry_point("usn")
    one, same = (Mutator(entry.seeds, entry.tokens, 999, Random(5)) for _ in range(2))
    cases = [one.case() for _ in range(100)]
    assert cases == [same.case() for _ in range(100)]
    assert len(set(cases)) > 50
    assert max(map(len, cases)) <= 999


def test_a_run_tells_the_shortest_case_that_fails_at_a_place(capsys: pytest.CaptureFixture[str]) -> None:
    class Broken:
        name = "broken"

        def check(self, data: bytes) -> None:
            assert len(data) < 2

    run = Run(Broken(), slowest_allowed=60.0)  # type: ignore[arg-type]  # of an entry point only these are used
    for data in (b"", b"1234", b"123", b"12345"):
        run.case(data)
    assert run.report() == 1
    printed = capsys.readouterr().out
    assert "broken: 4 cases" in printed
    assert "3 failures at 1 places" in printed
    assert "reproducer: 313233\n" in printed
