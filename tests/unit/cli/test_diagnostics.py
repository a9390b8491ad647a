"""`--diagnostics`: lines of JSON beside the results."""

import io
import json

import pytest

from async_upnp_client.cli.diagnostics import diagnosed
from async_upnp_client.cli.output import Output
from async_upnp_client.const import Diagnostic, Severity
from tests.support import model

FIRST = Diagnostic("first", "icon 1", Severity.INFO, "wörds")
SECOND = Diagnostic("second", "", Severity.ERROR, "more")


def output() -> tuple[Output, io.StringIO, io.StringIO]:
    results, complaints = io.StringIO(), io.StringIO()
    return Output(results, complaints, pprint=True, iso8601=False), results, complaints


def test_each_is_written_once_at_the_beginning_on_demand_and_at_the_end():
    out, results, complaints = output()
    device = model.device()
    device.add_diagnostic(FIRST)
    with diagnosed(device, out, wanted=True) as write:
        first = complaints.getvalue()
        device.add_diagnostic(SECOND)
        write()
        second = complaints.getvalue().removeprefix(first)
        device.add_diagnostic(Diagnostic("third", "", Severity.WARNING, "last"))
    assert json.loads(first) == {
        "code": "first",
        "where": "uuid:1/icon 1",
        "severity": "info",
        "message": "wörds",
    }
    assert json.loads(second) == {"code": "second", "where": "uuid:1", "severity": "error", "message": "more"}
    lines = complaints.getvalue().splitlines()
    assert [json.loads(line)["code"] for line in lines] == ["first", "second", "third"]
    assert complaints.getvalue().isascii()
    assert results.getvalue() == ""


def test_what_came_before_a_failure_is_written():
    out, _, complaints = output()
    device = model.device()

    def fail() -> None:
        with diagnosed(device, out, wanted=True):
            device.add_diagnostic(FIRST)
            raise ValueError("x")

    with pytest.raises(ValueError, match="x"):
        fail()
    assert json.loads(complaints.getvalue())["code"] == "first"


def test_nothing_is_written_that_is_not_wanted():
    out, _, complaints = output()
    device = model.device()
    device.add_diagnostic(FIRST)
    with diagnosed(device, out, wanted=False) as write:
        write()
    assert complaints.getvalue() == ""
