"""Defects of 0.49.0 in reading XML, which it did in several modules, that are fixed here."""

import sys
import xml.etree.ElementTree as ET

import pytest

from async_upnp_client._xml import DisableXmlNamespaces, etree_to_dict, parse_xml
from async_upnp_client.exceptions import UpnpXmlContentError


def test_entities_are_a_upnp_error():
    with pytest.raises(UpnpXmlContentError):
        parse_xml("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>")


def test_disabling_namespaces_does_not_touch_other_parsers():
    with DisableXmlNamespaces():
        assert parse_xml("<a xmlns='b'/>").tag == "a"
        assert ET.fromstring("<a xmlns='b'/>").tag == "{b}a"


def test_a_deep_document_is_no_recursion_error():
    depth = sys.getrecursionlimit() * 2
    text = "<a>" * depth + "</a>" * depth
    with pytest.raises(UpnpXmlContentError):
        parse_xml(text)
    assert "a" in etree_to_dict(ET.fromstring(text))
