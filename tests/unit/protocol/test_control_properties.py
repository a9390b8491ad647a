import re

from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client._protocol.control import (
    Fault,
    Reply,
    build_call,
    call_headers,
    guess_reply,
    parse_fault,
    parse_reply,
    parse_reply_sliced,
)
from async_upnp_client._slices import finished
from async_upnp_client.exceptions import UpnpContentError, UpnpError
from async_upnp_client.limits import DEFAULT_LIMITS

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
ANSWER = '<Envelope xmlns="s"><Body><u:StopResponse xmlns:u="urn:a">{}</u:StopResponse></Body></Envelope>'
answer_pieces = st.sampled_from(
    [
        "<a>x</a>",
        "<b/>",
        "<u:c>&lt;1</u:c>",
        "<d><e/>y</d>",
        "</u:StopResponse>",
        '<u:StopResponse xmlns:u="urn:a">',
        "</Body>",
        "<Body>",
        "<!-- x -->",
        "<![CDATA[&]]>",
        "\ud800",
        '<?xml version="1.0"?>',
        "<!DOCTYPE a>",
    ]
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


def verdict(read, text, strict, **options):
    notes = []
    try:
        reply = read(text, "urn:a", "Stop", strict=strict, note=lambda *note: notes.append(note), **options)
    except UpnpContentError as err:
        return type(err), str(err), notes
    return reply, notes


def in_slices(*args, **options):
    return finished(parse_reply_sliced(*args, **options))


@given(
    st.lists(pieces | answer_pieces, max_size=8).map(lambda parts: ANSWER.format("".join(parts)))
    | st.lists(pieces | answer_pieces).map("".join),
    st.booleans(),
)
def test_both_ways_of_reading_come_to_the_same_end(text, strict):
    careful = verdict(guess_reply, text, strict, limits=DEFAULT_LIMITS)
    assert verdict(parse_reply, text, strict) == careful
    assert (
        verdict(lambda *args, **options: finished(parse_reply_sliced(*args, **options)), text, strict)
        == careful
    )


@given(st.text(), st.text(), st.text())
def test_headers_have_no_line_breaks_whatever_the_names(url, service_type, action):
    try:
        headers = call_headers(url, service_type, action)
    except UpnpError:
        return
    assert not re.search(r"[\r\n\0]", headers["SOAPACTION"])
