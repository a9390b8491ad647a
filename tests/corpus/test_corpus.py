"""Every quirk of the corpus comes out as a user wants it."""

from typing import Final

import pytest

from tests.corpus.case import Case, judge
from tests.corpus.chapters import CHAPTERS

# What does not come out so yet, and why.
NOT_YET: Final[dict[str, str]] = {
    "description/udn-without-uuid": "the UDN of a description is given as the device wrote it",
}

ROWS: Final = [
    pytest.param(
        case,
        id=f"{chapter}/{case.name}",
        marks=[pytest.mark.xfail(strict=True, reason=NOT_YET[f"{chapter}/{case.name}"])]
        if f"{chapter}/{case.name}" in NOT_YET
        else [],
    )
    for chapter, cases in CHAPTERS.items()
    for case in cases
]


@pytest.mark.parametrize("case", ROWS)
async def test_a_user_gets_what_is_wanted(case: Case) -> None:
    happened = await judge(case)
    assert not happened, f"{case.device}: {happened}; wanted: {case.expectation!r}"


def test_names_are_given_once() -> None:
    for cases in CHAPTERS.values():
        names = [case.name for case in cases]
        assert len(set(names)) == len(names)


def test_what_is_not_yet_is_a_case() -> None:
    assert {
        f"{chapter}/{case.name}" for chapter, cases in CHAPTERS.items() for case in cases
    } >= NOT_YET.keys()
