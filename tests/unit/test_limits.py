"""The bounds, and that each gives its reason."""

import ast
from dataclasses import FrozenInstanceError, fields, replace
from itertools import pairwise
from pathlib import Path

import pytest

from async_upnp_client import limits
from async_upnp_client.limits import DEFAULT_LIMITS, Limits


def documented() -> dict[str, str]:
    """Return what stands under each field."""
    body = next(
        node.body
        for node in ast.parse(Path(limits.__file__).read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef)
    )
    return {
        node.target.id: after.value.value
        for node, after in pairwise(body)
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Name)
        and isinstance(after, ast.Expr)
        and isinstance(after.value, ast.Constant)
        and isinstance(after.value.value, str)
    }


def test_each_bound_says_what_is_legitimate_and_what_happens_beyond():
    texts = documented()
    assert set(texts) == {field.name for field in fields(Limits)}
    assert all(len(text) > 60 for text in texts.values())


def test_a_caller_raises_one_and_keeps_the_others():
    more = Limits(devices=50_000)
    assert replace(more, devices=DEFAULT_LIMITS.devices) == DEFAULT_LIMITS
    assert hash(more) != hash(DEFAULT_LIMITS)


@pytest.mark.parametrize("value", [0, -1, None, 1.5, float("inf")])
def test_what_bounds_nothing_is_refused(value):
    with pytest.raises(ValueError, match="devices must be a number of at least 1"):
        Limits(devices=value)


def test_the_defaults_stay_what_they_are():
    with pytest.raises(FrozenInstanceError):
        DEFAULT_LIMITS.devices = 1  # type: ignore[misc]  # that is the point
