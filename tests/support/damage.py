"""Texts that were whole: a hypothesis strategy that cuts pieces out of one, and puts others in."""

from collections.abc import Sequence

from hypothesis import strategies as st

FEW = 4  # damages to one text: more leave nothing that a reader would look at twice
LONGEST_CUT = 40  # characters: an element or two


@st.composite
def damaged(draw: st.DrawFn, whole: str, pieces: Sequence[str]) -> str:
    """Draw a text with a few places where something is cut out, and a piece stands instead."""
    text = whole
    for _ in range(draw(st.integers(1, FEW))):
        start = draw(st.integers(0, len(text)))
        end = start + draw(st.integers(0, LONGEST_CUT))
        text = text[:start] + draw(st.sampled_from(pieces)) + text[end:]
    return text
