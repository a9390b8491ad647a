"""The text of LastChange, as it should be and as devices send it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client._xml_known import KNOWN_LENGTH, MARKUPS_REMEMBERED
from async_upnp_client.profiles.dlna.last_change import (
    MAX_CHARACTERS,
    LastChange,
    _places_in,
    guess_last_change,
    parse_last_change,
    read_known,
    read_last_change,
)

RCS = '<Event xmlns="urn:schemas-upnp-org:metadata-1-0/RCS/"><InstanceID val="0">{}</InstanceID></Event>'
AVT = '<Event xmlns="urn:schemas-upnp-org:metadata-1-0/AVT/"><InstanceID val="0">{}</InstanceID></Event>'

WELL_FORMED = {
    "captured from gmediarender": (
        """<?xml version="1.0"?>
<Event xmlns="urn:schemas-upnp-org:metadata-1-0/RCS/">
<InstanceID val="0">
<Volume val="33" channel="Master"></Volume>
<Mute val="0" channel="Master"></Mute>
<PresetNameList val=""></PresetNameList>
</InstanceID>
</Event>
""",
        {"0": {"Volume": "33", "Mute": "0", "PresetNameList": ""}},
    ),
    "metadata is unescaped exactly once": (
        AVT.format('<CurrentTrackMetaData val="&lt;dc:title&gt;R &amp;amp; B&lt;/dc:title&gt;"/>'),
        {"0": {"CurrentTrackMetaData": "<dc:title>R &amp; B</dc:title>"}},
    ),
    "two instances": (
        '<E><InstanceID val="0"><A val="1"/></InstanceID><InstanceID val="1"><A val="2"/></InstanceID></E>',
        {"0": {"A": "1"}, "1": {"A": "2"}},
    ),
    "an instance without changes": ('<Event><InstanceID val="0"/></Event>', {"0": {}}),
    "a document type without entities": ('<!DOCTYPE Event><Event><A val="1"/></Event>', {"0": {"A": "1"}}),
    "encoding declared for what is text already": (
        '<?xml version="1.0" encoding="utf-16"?><Event><A val="é"/></Event>',
        {"0": {"A": "é"}},
    ),
}


@pytest.mark.uda("A-001", "A-003")
@pytest.mark.parametrize(("text", "changes"), WELL_FORMED.values(), ids=WELL_FORMED)
def test_reads_what_is_as_it_should_be(text, changes):
    assert parse_last_change(text) == changes


SLOPPY = {
    "wrong namespace": (
        '<Event xmlns="urn:wrong"><InstanceID val="0"><A val="1"/></InstanceID></Event>',
        "1",
    ),
    "no namespace": ('<Event><InstanceID val="0"><A val="1"/></InstanceID></Event>', "1"),
    "undeclared prefixes": ('<e:Event><e:InstanceID val="0"><mi:A val="1"/></e:InstanceID></e:Event>', "1"),
    "no instance": ('<Event><A val="1"/></Event>', "1"),
    "an instance without number": ('<Event><InstanceID><A val="1"/></InstanceID></Event>', "1"),
    "an empty instance number": ('<Event><InstanceID val=""><A val="1"/></InstanceID></Event>', "1"),
    "an instance number in blanks": ('<Event><InstanceID val=" 0 "><A val="1"/></InstanceID></Event>', "1"),
    "value as text": (AVT.format("<A> 1 </A>"), "1"),
    "value as text, with a comment in it": (AVT.format("<A>1<!-- one -->2</A>"), "12"),
    "attribute names in other case": ('<Event><InstanceID Val="0"><A VAL="1"/></InstanceID></Event>', "1"),
    "a variable inside a variable": (AVT.format('<B val="2"><A val="1"/></B>'), "1"),
    "after the instance": ('<Event><InstanceID val="1"><A val="2"/></InstanceID><A val="1"/></Event>', "1"),
    "byte order mark and blanks first": ("\ufeff \r\n" + AVT.format('<A val="1"/>'), "1"),
    "NUL last": (AVT.format('<A val="1"/>') + "\x00", "1"),
    "bare ampersand": (AVT.format('<A val="Simon & Garfunkel"/>'), "Simon & Garfunkel"),
    "bare ampersands of a URL": (AVT.format('<A val="http://h/?a=1&b=2&amp;c=3"/>'), "http://h/?a=1&b=2&c=3"),
    "an entity of HTML": (AVT.format('<A val="a&nbsp;b"/>'), "a&nbsp;b"),
    "references that XML allows, beside one that it does not": (
        AVT.format('<A val="&#10;&#0;&#x1F;&#x41;"/>'),
        "\nA",
    ),
    "a reference beyond Unicode": (AVT.format('<A val="x&#x110000;"/>'), "x"),
    "control characters": (AVT.format('<A val="\x01x\x1b[2J"/>'), "x[2J"),
    "lone surrogate": (AVT.format('<A val="\ud800"/>'), "?"),
    "escaped twice": (
        "&lt;InstanceID val=&quot;0&quot;&gt;&lt;A val=&quot;1 &amp;amp; 2&quot;/&gt;&lt;/InstanceID&gt;",
        "1 & 2",
    ),
    "truncated": (AVT.format('<A val="1"/><B val="2"')[:-25], "1"),
    "mismatched tags afterwards": ('<Event><InstanceID val="0"><A val="1"/></Event>', "1"),
}


@pytest.mark.uda("A-001", "A-003")
@pytest.mark.parametrize(("text", "value"), SLOPPY.values(), ids=SLOPPY)
def test_reads_what_devices_send(text, value):
    assert parse_last_change(text)["0"]["A"] == value


@pytest.mark.uda("A-003")
def test_a_bare_ampersand_does_not_cost_the_values_after_it():
    text = AVT.format('<A val="1"/><B val="a & b"/><C val="3"/>')
    assert parse_last_change(text) == {"0": {"A": "1", "B": "a & b", "C": "3"}}


@pytest.mark.uda("A-003")
@pytest.mark.parametrize(
    "broken",
    [
        '<B val="1 < 2"/>',
        '<B val="say "hello" twice"/>',
        "<B val=2/>",
        '<B val="2" val="3" <',
        "<B><C></B></C>",
        '</InstanceID></Event><Event><InstanceID val="0">',
    ],
)
def test_what_is_broken_does_not_cost_the_values_around_it(broken):
    text = AVT.format(f'<A val="&#49;&amp;"/>{broken}<r:C val=\'3\'></r:C><Volume channel="LF" val="4"/>')
    read = read_last_change(text)
    assert {name: read.instances["0"].get(name) for name in "AC"} == {"A": "1&", "C": "3"}
    assert read.channels == {("0", "LF"): {"Volume": "4"}}


@pytest.mark.uda("A-003")
def test_what_is_broken_does_not_move_values_to_another_instance():
    text = AVT.format('<A val="1"/><B val="<"/>').replace("</Event>", "")
    text += '<InstanceID val="1"><A val="2"/></InstanceID><InstanceID val="2"/><C val="3"/></Event>'
    assert parse_last_change(text) == {"0": {"A": "1", "C": "3"}, "1": {"A": "2"}, "2": {}}


@pytest.mark.uda("A-003")
def test_metadata_that_was_escaped_once_too_seldom_is_read():
    didl = '<DIDL-Lite xmlns="urn:x"><item id="1"><title>R &amp; B</title></item></DIDL-Lite>'
    text = AVT.format(f'<A val="1"/><M val="{didl}"/><N val=\'{didl}\'/><B val="2"/>')
    assert parse_last_change(text) == {"0": {"A": "1", "M": didl, "N": didl, "B": "2"}}


def test_metadata_without_an_end_is_left_out():
    text = AVT.format('<A val="1"/><M val="<DIDL-Lite><item val="3">"/><B val="2"/>')
    assert parse_last_change(text) == {"0": {"A": "1", "item": "3", "B": "2"}}


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \r\n",
        "\x00",
        "</InstanceID></Event>",  # all that Bose SoundTouch sends
        "http-get:*:audio/mpeg:*,http-get:*:audio/flac:*",  # Linkplay names every property LastChange
        "0",
        "<",
        "<Event",
        "&lt;",
        "not & xml",
        "<Event><A/><B> </B></Event>",
    ],
)
def test_text_without_values_has_no_changes(text):
    assert parse_last_change(text) == {}


@pytest.mark.uda("A-002")
@pytest.mark.parametrize(
    "channel", ['channel="Master"', 'channel="MASTER"', 'Channel="Master"', 'channel=""', ""]
)
def test_the_master_channel_counts(channel):
    text = RCS.format(
        f'<Volume {channel} val="20"/><Volume channel="LF" val="1"/><Volume Channel="RF" val="2"/>'
    )
    assert parse_last_change(text) == {"0": {"Volume": "20"}}


@pytest.mark.uda("A-002")
def test_other_channels_alone_are_no_value():
    assert parse_last_change(RCS.format('<Volume channel="LF" val="1"/>')) == {"0": {}}


@pytest.mark.parametrize(
    "declaration",
    [
        '<!ENTITY b "c">',
        '<!ENTITY % b "c">',
        '<!ENTITY b SYSTEM "file:///etc/passwd">',
        '<!ENTITY % b SYSTEM "http://h/">',
    ],
)
def test_entities_are_refused(declaration):
    assert parse_last_change(f'<!DOCTYPE Event [{declaration}]><Event><A val="&b;"/></Event>') == {}


def test_metadata_that_came_unescaped_is_no_variable():
    text = AVT.format('<M><DIDL-Lite><item id="1"><title>t</title></item></DIDL-Lite></M><A val="1"/>')
    assert parse_last_change(text) == {"0": {"A": "1"}}


def test_reading_stops_at_the_bound():
    text = '<Event><A val="1"/>' + " " * MAX_CHARACTERS + '<B val="2"/></Event>'
    assert parse_last_change(text) == {"0": {"A": "1"}}


def test_deep_nesting_is_read():
    assert parse_last_change("<a>" * 100_000 + '<A val="1"/>') == {"0": {"A": "1"}}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (AVT.format('<A val="1"/><B val=\'"2"\'/>'), LastChange({"0": {"A": "1", "B": '"2"'}}, {})),
        (AVT.format('<A val="&lt;i&gt;&amp;lt;"/>'), LastChange({"0": {"A": "<i>&lt;"}}, {})),
        (AVT.format('<A val="é&quot; > "/>'), LastChange({"0": {"A": 'é" > '}}, {})),
        (
            RCS.format('<V channel="LF" val="1"/><V channel="Master" val="2"/><V val="3" channel="RF" />'),
            LastChange({"0": {"V": "2"}}, {("0", "LF"): {"V": "1"}, ("0", "RF"): {"V": "3"}}),
        ),
        (
            '<E><InstanceID val=" 0 "></InstanceID><InstanceID val=""><A val="2"/></InstanceID></E>',
            LastChange({"0": {"A": "2"}}, {}),
        ),
        (
            '<E><InstanceID val="1"/><InstanceID val="0"><A val="1"/></InstanceID></E>',
            LastChange({"1": {}, "0": {"A": "1"}}, {}),
        ),
        ("<E/>", LastChange({}, {})),
    ],
)
def test_values_are_put_into_markup_that_is_known(text, told):
    for _ in range(2):
        assert read_known(text) == told
    assert guess_last_change(text) == told


@pytest.mark.parametrize(
    "content",
    [
        '<A val="1"/><A val="2"/>',
        "<A>1</A>",
        "<A> val='1'</A>",
        '<A Val="1"/>',
        '<A val="1" val="2"/>',
        '<A val="1\n2"/>',
        '<A val="1\r\n2"/>',
        '<A val="1\t2"/>',
        '<A val="&#49;"/>',
        '<A val="&x;"/>',
        '<A val="1<"/>',
        '<A val="1"',
        '<A val="1',
        "<A val=1/>",
        "<A val=",
        '<A channel=\' val="1"\' val="2"/>',
        '<A channel=" val=\'1\'" val="2"/>',
        '<!-- <A val="1"/> -->',
        '<![CDATA[ val="1"]]>',
        '<A><?B val="1"?></A>',
        '<A val="\0"/>',
        '<A val="\x1b"/>',
        '<A val="\ud800"/>',
        '<A val="\uffff"/>',
        '\ue0000<A val="1"/>',
        f'<A val="{"1" * KNOWN_LENGTH}"/>',
        '</InstanceID><A val="1"/><InstanceID val="0">',
    ],
)
def test_what_is_not_plain_is_left_to_expat(content):
    text = AVT.format(content)
    assert read_known(text) is None
    assert read_last_change(text) == guess_last_change(text)


def test_what_is_remembered_is_bounded():
    for number in range(2 * MARKUPS_REMEMBERED):
        assert parse_last_change(AVT.format(f'<A{number} val="1"/>')) == {"0": {f"A{number}": "1"}}
    assert _places_in.cache_info().currsize == MARKUPS_REMEMBERED


PIECES = st.sampled_from(
    [
        *"<>&\"'/=x \n\0\ue000\ud800",
        "<InstanceID",
        "</InstanceID>",
        "<A",
        "<B",
        " val=",
        ' val="',
        '" ',
        '"/>',
        '">',
        "</A>",
        ' channel="LF"',
        "&lt;",
        "&#49;",
        "<!--",
        "-->",
        ' val="1"',
        " val='0'",
        '<A val="2"/>',
        '<InstanceID val="1">',
    ]
)


@given(st.lists(PIECES).map("".join))
def test_markup_that_is_known_gives_what_expat_gives(text):
    for document in (f"<E>{text}</E>", AVT.format(text), AVT.format(f'<A val="{text}"/>')):
        assert read_known(document) in (None, guess_last_change(document))
