"""Results and complaints; above all what they may not do to a terminal."""

import io
import json
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum

import pytest

from async_upnp_client.cli.output import Output, plain, printable

# moves, erases, reverses, ends a line, in one character or several
HOSTILE = "a\x1b[2Jb\rc\nd\x9b2Je\x7f\u202ef\u2066g\u2028h\x00"


class Colour(str, Enum):
    RED = "red"


def make_output(**options):
    results, complaints = io.StringIO(), io.StringIO()
    return Output(results, complaints, **{"pprint": False, "iso8601": False, **options}), results, complaints


def test_a_result_is_one_line_of_json():
    output, results, _ = make_output()
    output.result({"b": 1, "a": [True, None]})
    output.result({"c": "\n"})
    assert results.getvalue() == '{"b": 1, "a": [true, null]}\n{"c": "\\n"}\n'


def test_pprint_indents_by_four():
    output, results, _ = make_output(pprint=True)
    output.result({"a": {"b": 1}})
    assert results.getvalue() == '{\n    "a": {\n        "b": 1\n    }\n}\n'


@pytest.mark.parametrize("pprint", [False, True])
def test_no_text_in_a_result_can_move_the_cursor(pprint):
    output, results, _ = make_output(pprint=pprint)
    output.result({HOSTILE: HOSTILE})
    text = results.getvalue()
    assert json.loads(text) == {HOSTILE: HOSTILE}
    assert all(character == "\n" or (character.isascii() and character.isprintable()) for character in text)
    assert text.count("\n") == (3 if pprint else 1)


@pytest.mark.parametrize(
    ("value", "plainly"),
    [
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "2026-01-02T03:04:05+00:00"),
        (date(2026, 1, 2), "2026-01-02"),
        (time(3, 4, 5), "03:04:05"),
        (Decimal("1.2500"), "1.2500"),
        (b"\x00\xff", "AP8="),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        (0.5, 0.5),
        (2**70, 2**70),
        (True, True),
        (None, None),
        (Colour.RED, "red"),
        ((1, [Decimal(2)]), [1, ["2"]]),
        ({1: {"a": b""}}, {"1": {"a": ""}}),
    ],
)
def test_values_that_json_lacks_become_text(value, plainly):
    assert plain(value) == plainly
    assert json.loads(json.dumps(plain(value), allow_nan=False)) == plainly


def test_an_unknown_object_becomes_text():
    assert json.dumps(plain({"a": object()}))


def test_timestamps():
    seconds = make_output()[0].timestamp()
    text = make_output(iso8601=True)[0].timestamp()
    assert isinstance(seconds, float)
    assert isinstance(text, str)
    assert " " in text
    assert abs(datetime.fromisoformat(text).timestamp() - seconds) < 60


def test_a_complaint_is_one_line_whatever_it_quotes():
    output, results, complaints = make_output()
    output.complain(f"the device says: {HOSTILE}é")
    line = complaints.getvalue()
    assert line == (
        r"upnp-client: the device says: a\x1b[2Jb\rc\nd\x9b2Je\x7f\u202ef\u2066g\u2028h\x00" + "é\n"
    )
    assert results.getvalue() == ""


@pytest.mark.parametrize("text", ["", "plain", "Küche 日本 🎵"])
def test_what_prints_is_not_escaped(text):
    assert printable(text) == text


def test_a_lone_surrogate_is_escaped():
    assert printable("\ud800") == r"\ud800"


class Failing(io.StringIO):
    def __init__(self, error):
        super().__init__()
        self.error = error

    def write(self, text):
        raise self.error


def test_a_reader_that_has_gone_ends_the_command_once():
    ended = []
    output = Output(Failing(BrokenPipeError()), io.StringIO(), pprint=False, iso8601=False)
    output.on_failure = lambda: ended.append(1)
    output.result({})
    output.result({})
    assert isinstance(output.failure, BrokenPipeError)
    assert ended == [1]


def test_nobody_to_complain_to_is_no_failure():
    output = Output(None, Failing(BrokenPipeError()), pprint=False, iso8601=False)
    output.result({})
    output.complain("x")
    output.complain("x")
    Output(None, None, pprint=False, iso8601=False).complain("x")
    assert output.failure is None
