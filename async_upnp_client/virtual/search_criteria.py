"""Search criteria: the little language in which control points ask (ContentDirectory:1 §2.5.5).

Pure: ``parse_criteria`` makes a condition of a text, which holds for an entry or does not. Called by
``content_directory``. It must not know how a library is walked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Final

from async_upnp_client.virtual.library import Entry, is_derived

Condition = Callable[[Entry], bool]

MOST_LEVELS: Final = 50
"""Parentheses within each other; more are nobody's question, and recursion has an end."""

_TOKEN: Final = re.compile(
    r'[ \t\n\v\f\r]*(?:(?P<quoted>"(?:[^"\\]|\\.)*")|(?P<paren>[()])|(?P<op>!=|<=|>=|=|<|>)'
    r'|(?P<word>[^\s()"=<>!]+))',
    re.DOTALL,
)
_NUMBER: Final = re.compile(r"-?\d{1,18}(?:\.\d{1,9})?")


class CriteriaError(ValueError):
    """The text is none of this language, or asks for a property that cannot be searched for."""


# --- what holds ---


def compare(left: str, right: str) -> int:
    """Return -1, 0 or 1, as numbers where both are, else as texts without regard to case."""
    if _NUMBER.fullmatch(left) and _NUMBER.fullmatch(right):
        return (float(left) > float(right)) - (float(left) < float(right))
    one, other = left.casefold(), right.casefold()
    return (one > other) - (one < other)


# "Not" holds for all values of a property that there is, the others for one of them.
POSITIVE: Final[dict[str, Callable[[str, str], bool]]] = {
    "=": lambda value, wanted: compare(value, wanted) == 0,
    "<": lambda value, wanted: compare(value, wanted) < 0,
    "<=": lambda value, wanted: compare(value, wanted) <= 0,
    ">": lambda value, wanted: compare(value, wanted) > 0,
    ">=": lambda value, wanted: compare(value, wanted) >= 0,
    "contains": lambda value, wanted: wanted.casefold() in value.casefold(),
    "startswith": lambda value, wanted: value.casefold().startswith(wanted.casefold()),
    "derivedfrom": is_derived,
}
NEGATIVE: Final[dict[str, Callable[[str, str], bool]]] = {
    "!=": lambda value, wanted: compare(value, wanted) != 0,
    "doesnotcontain": lambda value, wanted: wanted.casefold() not in value.casefold(),
}


def relation(name: str, operator: str, wanted: str) -> Condition:
    """Return the condition that a property stands in a relation to a text; CriteriaError for no operator."""
    if operator in NEGATIVE:
        holds = NEGATIVE[operator]
        return lambda entry: bool(values := entry.values(name)) and all(holds(one, wanted) for one in values)
    if operator not in POSITIVE:
        raise CriteriaError(f"{operator!r} is no operator")
    holds = POSITIVE[operator]
    return lambda entry: any(holds(value, wanted) for value in entry.values(name))


def existence(name: str, *, exists: bool) -> Condition:
    """Return the condition that there is a property, or is none."""
    return lambda entry: bool(entry.values(name)) is exists


# --- what is asked ---


def parse_criteria(text: str, known: Collection[str]) -> Condition:
    """Read criteria; CriteriaError where they are none, or about a property that is not known."""
    if text.strip() == "*":
        return lambda _entry: True
    parser = Parser(tokens_of(text), known)
    condition = parser.any_of()
    if parser.rest:
        raise CriteriaError(f"{parser.rest[0]!r} is too much")
    return condition


def tokens_of(text: str) -> list[str]:
    """Cut a text into words, operators, parentheses, and quoted values, which keep their first quote."""
    found, at, end = [], 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            raise CriteriaError(f"{text[at : at + 20]!r} cannot be understood")
        if match["quoted"] is not None:
            found.append('"' + re.sub(r"\\(.)", r"\1", match["quoted"][1:-1], flags=re.DOTALL))
        else:
            found.append(match["paren"] or match["op"] or match["word"])
        at = match.end()
    return found


class Parser:
    """Descends through the grammar: "and" binds tighter than "or"."""

    def __init__(self, tokens: list[str], known: Collection[str]) -> None:
        self.rest = tokens
        self._known = known
        self._level = 0

    def _take(self) -> str:
        if not self.rest:
            raise CriteriaError("something is missing at the end")
        return self.rest.pop(0)

    def _is_next(self, word: str) -> bool:
        return bool(self.rest) and self.rest[0].lower() == word

    def any_of(self) -> Condition:
        """Read conditions joined by "or"."""
        conditions = [self.all_of()]
        while self._is_next("or"):
            self._take()
            conditions.append(self.all_of())
        return lambda entry: any(condition(entry) for condition in conditions)

    def all_of(self) -> Condition:
        """Read conditions joined by "and"."""
        conditions = [self.one()]
        while self._is_next("and"):
            self._take()
            conditions.append(self.one())
        return lambda entry: all(condition(entry) for condition in conditions)

    def one(self) -> Condition:
        """Read a relation, or what is in parentheses."""
        word = self._take()
        if word != "(":
            return self.relation(word)
        self._level += 1
        if self._level > MOST_LEVELS:
            raise CriteriaError("there are too many parentheses")
        condition = self.any_of()
        if self._take() != ")":
            raise CriteriaError("a parenthesis is not closed")
        self._level -= 1
        return condition

    def relation(self, name: str) -> Condition:
        """Read what is said of a property."""
        if name not in self._known:
            raise CriteriaError(f"{name!r} cannot be searched for")
        operator, value = self._take().lower(), self._take()
        if operator == "exists":
            if value.lower() not in {"true", "false"}:
                raise CriteriaError(f"{value!r} is neither true nor false")
            return existence(name, exists=value.lower() == "true")
        if not value.startswith('"'):
            raise CriteriaError(f"{value!r} is not in quotes")
        return relation(name, operator, value[1:])
