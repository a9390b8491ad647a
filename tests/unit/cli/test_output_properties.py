"""Properties of what is printed: JSON comes back as it was, and every text stays on its line."""

import io
import json

from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client.cli.output import Output, printable

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(st.dictionaries(st.text(), JSON_VALUES, max_size=4), st.booleans())
def test_results_come_back(record, pprint):
    stream = io.StringIO()
    Output(stream, None, pprint=pprint, iso8601=False).result(record)
    assert json.loads(stream.getvalue()) == record
    assert stream.getvalue().isascii()


@given(st.text(st.characters()))
def test_printable_text_prints(text):
    assert printable(text).isprintable()


@given(st.text(st.characters()))
def test_a_complaint_is_one_line(text):
    stream = io.StringIO()
    Output(None, stream, pprint=False, iso8601=False).complain(text)
    assert stream.getvalue()[:-1].isprintable()
    assert stream.getvalue()[-1] == "\n"
