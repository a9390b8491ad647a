"""Long texts in pieces: whole when they are put together, and cut only where they may be."""

import re

from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client._slices import finished, in_pieces, pieces

PLACE = re.compile("[<&]")


def three_steps():
    yield
    yield
    return 3


def test_work_is_finished_at_once():
    assert finished(three_steps()) == 3


@given(st.text("ab<&"), st.integers(1, 5))
def test_pieces_are_the_whole_and_end_where_they_may(text, length):
    cut = list(pieces(text, PLACE, length))
    assert "".join(text[start:end] for start, end in cut) == text
    for start, end in cut[:-1]:
        assert length <= end - start <= 2 * length
        assert text[end] in "<&" or not PLACE.search(text, start + length, start + 2 * length)


@given(st.text("ab<&"), st.integers(1, 5))
def test_each_piece_is_changed_in_a_step(text, length):
    changed = []

    def steps():
        changed.append((yield from in_pieces(text, PLACE, str.upper, length)))

    assert len(list(steps())) == len(list(pieces(text, PLACE, length)))
    assert changed == [text.upper()]
