"""Properties of the LastChange reader: it returns what was written, and it takes any text."""

from xml.sax.saxutils import quoteattr

from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client.profiles.dlna.last_change import parse_last_change

NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_.-]{0,10}", fullmatch=True).filter(
    lambda name: name != "InstanceID"
)
# characters that XML 1.0 can carry in an attribute
VALUES = st.text(
    st.characters(
        exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff", include_characters="\t\r\n"
    )
)
INSTANCES = st.integers(min_value=0, max_value=2**32 - 1).map(str)
CHANGES = st.dictionaries(INSTANCES, st.dictionaries(NAMES, VALUES, max_size=5), max_size=3)

PIECES = st.sampled_from(
    [
        '<Event xmlns="urn:x">',
        "</Event>",
        '<InstanceID val="0">',
        "</InstanceID>",
        "<A>",
        "</A>",
        '<p:B val="',
        '<A val="1"/>',
        "<DIDL-Lite>",
        "</DIDL-Lite>",
        '"/>',
        "1",
        "&",
        "&lt;",
        "&#0;",
        "<!DOCTYPE a [",
        '<!ENTITY b "c">',
        "]>",
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "<?xml ?>",
        "\ud800",
        "\0",
        " ",
    ],
)


def build(changes):
    body = "".join(
        f"<InstanceID val={quoteattr(instance)}>"
        + "".join(
            f"<{name} val={quoteattr(value, {chr(13): '&#13;'})}/>" for name, value in variables.items()
        )
        + "</InstanceID>"
        for instance, variables in changes.items()
    )
    return f"<Event>{body}</Event>"


@given(CHANGES)
def test_reads_back_what_was_written(changes):
    assert parse_last_change(build(changes)) == changes


@given(CHANGES)
def test_reads_back_what_was_written_and_escaped_twice(changes):
    escaped = (
        build(changes).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    )
    assert parse_last_change(escaped) == changes


@given(st.text(st.characters()) | st.lists(PIECES).map("".join))
def test_takes_any_text(text):
    changes = parse_last_change(text)
    assert all(":" not in name for variables in changes.values() for name in variables)
