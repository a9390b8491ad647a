"""LastChange of a ContentDirectory."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client.profiles.dlna.object_changes import (
    ObjectChange,
    ObjectChangeKind,
    parse_object_changes,
)

HEAD = '<StateEvent xmlns="urn:schemas-upnp-org:av:cds-event">'


@pytest.mark.uda("A-025")
def test_all_kinds():
    text = (
        f'{HEAD}<objAdd objID="a,1" updateID="5" stUpdate="1" objParentID="0" objClass="object.container"/>'
        '<objMod objID="b" updateID="6" stUpdate="0"/><objDel objID="c" updateID="7" stUpdate="0"/>'
        '<stDone objID="a" updateID="8"/></StateEvent>'
    )
    assert parse_object_changes(text) == [
        ObjectChange(ObjectChangeKind.ADDED, "a,1", 5, "0", "object.container", is_of_subtree=True),
        ObjectChange(ObjectChangeKind.MODIFIED, "b", 6),
        ObjectChange(ObjectChangeKind.REMOVED, "c", 7),
        ObjectChange(ObjectChangeKind.SUBTREE_DONE, "a", 8),
    ]


SLOPPY = {
    "no namespace": '<StateEvent><objMod objID="a" updateID="1"/></StateEvent>',
    "other case": '<stateEvent><ObjMod objId="a" UpdateId=" 1 "/></stateEvent>',
    "what is not known": f'{HEAD}<objMoved objID="b"/><objMod/><objMod objID="a" updateID="1"/></StateEvent>',
    "a bare ampersand": f'{HEAD}<objMod objID="a" updateID="1" x="&"/></StateEvent>',
}


@pytest.mark.uda("A-025")
@pytest.mark.parametrize("text", SLOPPY.values(), ids=SLOPPY)
def test_sloppy_texts(text):
    assert parse_object_changes(text) == [ObjectChange(ObjectChangeKind.MODIFIED, "a", 1)]


@pytest.mark.parametrize("text", ["", "x", "<", "<StateEvent/>", '<!DOCTYPE a [<!ENTITY b "c">]><a/>'])
def test_texts_without_changes(text):
    assert parse_object_changes(text) == []


def test_a_number_that_is_none():
    (change,) = parse_object_changes(f'{HEAD}<objDel objID="a" updateID="x"/></StateEvent>')
    assert change.update_id is None


@given(st.text())
def test_any_text_is_read(text):
    parse_object_changes(text)
    parse_object_changes(f"{HEAD}<objAdd objID='{text}'/></StateEvent>")
