"""Every quirk of the corpus comes out as a user wants it."""

from typing import Final

import pytest

from tests.corpus.case import Case, judge
from tests.corpus.chapters import CHAPTERS

ROWS: Final = [
    pytest.param(case, id=f"{chapter}/{case.name}") for chapter, cases in CHAPTERS.items() for case in cases
]


@pytest.mark.parametrize("case", ROWS)
async def test_a_user_gets_what_is_wanted(case: Case) -> None:
    happened = await judge(case)
    assert not happened, f"{case.device}: {happened}; wanted: {case.expectation!r}"


def test_names_are_given_once() -> None:
    for cases in CHAPTERS.values():
        names = [case.name for case in cases]
        assert len(set(names)) == len(names)
