"""DIDL-Lite as renderers want it: literal prefixes, whole resources, nothing that is not known."""

import pytest
from didl_lite import didl_lite

from async_upnp_client.profiles.dlna.didl import parse_didl
from async_upnp_client.profiles.dlna.didl_writer import build_didl

HEAD = (
    '<DIDL-Lite xmlns="urn:schemas-upnp-org:metadata-1-0/DIDL-Lite/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:upnp="urn:schemas-upnp-org:metadata-1-0/upnp/" xmlns:sec="http://www.sec.co.kr/"'
)


@pytest.mark.uda("A-026", "A-028")
def test_a_track():
    resource = didl_lite.Resource(
        "http://1.2.3.4/a?b&c",
        "http-get:*:audio/mpeg:*",
        size="3",
        duration="0:01:02.000",
        nr_audio_channels="2",
    )
    track = didl_lite.MusicTrack(
        id="0",
        parent_id="-1",
        restricted="false",
        title='A & "B"',
        artist="C",
        res=[resource],
        descriptors=[didl_lite.Descriptor("d", "urn:d", text="e")],
        not_of_this_class="x",
    )
    assert build_didl(track) == (
        f'{HEAD}><item id="0" parentID="-1" restricted="false"><dc:title>A &amp; "B"</dc:title>'
        "<upnp:class>object.item.audioItem.musicTrack</upnp:class><upnp:artist>C</upnp:artist>"
        '<res protocolInfo="http-get:*:audio/mpeg:*" size="3" duration="0:01:02.000" nrAudioChannels="2">'
        'http://1.2.3.4/a?b&amp;c</res><desc id="d" nameSpace="urn:d">e</desc></item></DIDL-Lite>'
    )


def test_without_resources_the_library_writes_the_same():
    track = didl_lite.VideoItem(id="1", parent_id="0", restricted="1", title="T", genre="G", genre_id="7")
    assert build_didl(track) == didl_lite.to_xml_string(track).decode()


def test_attributes_that_the_library_only_reads():
    text = (
        f'{HEAD} xmlns:dlna="urn:schemas-dlna-org:metadata-1-0/"><item id="1" parentID="0" restricted="1">'
        "<dc:title>T</dc:title><upnp:class>object.item.audioItem.musicTrack</upnp:class>"
        '<upnp:artist role="Performer">A</upnp:artist>'
        '<upnp:albumArtURI dlna:profileID="JPEG_TN">http://1.2.3.4/a.jpg</upnp:albumArtURI></item></DIDL-Lite>'
    )
    assert build_didl(*parse_didl(text)) == text


def test_a_folder_and_a_descriptor():
    folder = didl_lite.Container(id="1", parent_id="0", restricted="1", title="T", child_count="1")
    folder.append(didl_lite.Item(id="2", parent_id="1", restricted="1", title="U"))
    assert build_didl(folder, didl_lite.Descriptor("a", "b", "c", "d")) == (
        f'{HEAD}><container id="1" parentID="0" restricted="1" childCount="1"><dc:title>T</dc:title>'
        "<upnp:class>object.container</upnp:class>"
        '<item id="2" parentID="1" restricted="1"><dc:title>U</dc:title>'
        "<upnp:class>object.item</upnp:class></item>"
        '</container><desc id="a" nameSpace="b" type="c">d</desc></DIDL-Lite>'
    )


def test_a_vendors_class_is_written_as_it_is():
    text = build_didl(didl_lite.Item(id="1", parent_id="0", restricted="1", title="T"))
    text = text.replace("object.item", "object.item.vendor")
    assert build_didl(*parse_didl(text)) == text


def test_what_xml_cannot_carry():
    item = didl_lite.Item(id="a\n\"'<", parent_id="\0", restricted="1", title="x\0y\r")
    (found,) = parse_didl(build_didl(item))
    assert (found.id, found.parent_id) == ("a\n\"'<", "")
