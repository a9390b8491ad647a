"""The bounds, and that each gives its reason."""

import ast
import copy
import pickle
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
        if isinstance(node, ast.ClassDef) and node.name == "Limits"
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
    assert set(texts) == set(DEFAULT_LIMITS.as_dict())
    assert all(len(text) > 60 for text in texts.values())


def test_a_caller_raises_one_and_keeps_the_others():
    more = Limits(devices=50_000)
    assert more != DEFAULT_LIMITS
    assert more.as_dict() == DEFAULT_LIMITS.as_dict() | {"devices": 50_000}
    assert more.replaced(devices=DEFAULT_LIMITS.devices) == DEFAULT_LIMITS
    assert more.replaced(headers=5) == Limits(headers=5, devices=50_000)
    assert hash(more) != hash(DEFAULT_LIMITS)
    assert hash(more.replaced(devices=DEFAULT_LIMITS.devices)) == hash(DEFAULT_LIMITS)
    assert repr(more) == "Limits(devices=50000)"
    for again in (copy.deepcopy(more), pickle.loads(pickle.dumps(more))):  # its own
        assert again == more


@pytest.mark.parametrize("value", [0, -1, None, 1.5, float("inf")])
def test_what_bounds_nothing_is_refused(value):
    with pytest.raises(ValueError, match="devices must be a number of at least 1"):
        Limits(devices=value)


def test_the_defaults_stay_what_they_are():
    with pytest.raises(AttributeError):
        DEFAULT_LIMITS.devices = 1  # type: ignore[misc]  # that is the point
    with pytest.raises(AttributeError):
        del DEFAULT_LIMITS.devices
    assert all(Limits(**{name: value}) == DEFAULT_LIMITS for name, value in DEFAULT_LIMITS.as_dict().items())


def test_what_is_no_bound_is_refused():
    with pytest.raises(TypeError, match="no bound named nothing"):
        Limits(nothing=1)  # type: ignore[call-arg]  # that is the point
