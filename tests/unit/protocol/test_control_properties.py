import re

from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client._protocol.control import (
    Fault,
    Reply,
    build_call,
    call_headers,
    parse_fault,
    parse_reply,
)
from async_upnp_client.exceptions import UpnpContentError, UpnpError

names = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,11}", fullmatch=True)
# What XML can carry as it is: a carriage return becomes a line feed on the way.
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"))
# A brace ends a namespace for the parser, which refuses one that has it.
types = st.text(
    st.characters(codec="ascii", categories=["L", "N", "P", "S"], exclude_characters="}"), min_size=1
)
tags = ["s:Fault", "errorCode", "a", "u:StopResponse", "s:Body", "html"]
pieces = st.sampled_from(
    [f"<{tag}>" for tag in tags]
    + [f"</{tag}>" for tag in tags]
    + ["5", "x", "<", ">", "&", "&#0;", "\0", "<!DOCTYPE a [", "]>", "<?", "?>"]
)


@given(types, names, st.lists(st.tuples(names, texts)))
def test_what_is_built_is_read_back(service_type, action, arguments):
    call = build_call(service_type, f"{action}Response", arguments)
    assert parse_reply(call, service_type, action, strict=True) == Reply(tuple(arguments))
    assert parse_reply(call, service_type, action, strict=False) == Reply(tuple(arguments))


@given(st.text() | st.lists(pieces).map("".join), st.booleans())
def test_any_text_is_read_or_refused_with_our_error(text, strict):
    assert isinstance(parse_fault(text), Fault | None)
    try:
        reply = parse_reply(text, "urn:a", "Stop", strict=strict)
    except UpnpContentError:
        return
    assert isinstance(reply, Reply | Fault)


@given(st.text(), st.text(), st.text())
def test_headers_have_no_line_breaks_whatever_the_names(url, service_type, action):
    try:
        headers = call_headers(url, service_type, action)
    except UpnpError:
        return
    assert not re.search(r"[\r\n\0]", headers["SOAPACTION"])
