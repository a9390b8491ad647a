"""Log lines: which are shown, and what they may not do to a terminal."""

import io
import logging

import pytest

from async_upnp_client.cli.logs import logging_to


def test_warnings_of_the_library_are_shown_and_nothing_below():
    stream = io.StringIO()
    with logging_to(stream, debug=False, debug_traffic=False):
        for name in ("async_upnp_client.client", "async_upnp_client.traffic.ssdp"):
            logging.getLogger(name).info("low")
            logging.getLogger(name).warning("high")
    assert stream.getvalue() == (
        "WARNING:async_upnp_client.client:high\nWARNING:async_upnp_client.traffic.ssdp:high\n"
    )


@pytest.mark.parametrize(("option", "shown"), [("debug", "client"), ("debug_traffic", "traffic.upnp")])
def test_debug_and_traffic_are_switched_apart(option, shown):
    stream = io.StringIO()
    with logging_to(stream, **{"debug": False, "debug_traffic": False, option: True}):
        logging.getLogger("async_upnp_client.client").debug("x")
        logging.getLogger("async_upnp_client.traffic.upnp").debug("x")
    assert stream.getvalue() == f"DEBUG:async_upnp_client.{shown}:x\n"


def test_log_lines_cannot_move_the_cursor_or_pass_for_others():
    stream = io.StringIO()
    with logging_to(stream, debug=False, debug_traffic=True):
        logging.getLogger("async_upnp_client.traffic.upnp").debug(
            "%s", "HTTP/1.1 200 OK\r\nA: \x1b[2J\u202e\r\rb"
        )
    assert stream.getvalue() == (
        "DEBUG:async_upnp_client.traffic.upnp:HTTP/1.1 200 OK\n    A: \\x1b[2J\\u202e\\r\\rb\n"
    )


def test_everything_is_put_back():
    names = (None, "async_upnp_client", "async_upnp_client.traffic")
    before = [(logging.getLogger(name).level, list(logging.getLogger(name).handlers)) for name in names]
    with logging_to(io.StringIO(), debug=True, debug_traffic=True):
        pass
    after = [(logging.getLogger(name).level, list(logging.getLogger(name).handlers)) for name in names]
    assert after == before


def test_without_standard_error_nothing_is_shown():
    with logging_to(None, debug=True, debug_traffic=True):
        logging.getLogger("async_upnp_client").debug("x")
