"""What holds for any device description: what is written is read back; the rest makes no error but ours."""

from collections.abc import Iterable
from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from async_upnp_client._protocol.description import DeviceDocument, parse_device_document, resolved_service
from async_upnp_client.exceptions import UpnpError, UpnpXmlContentError, UpnpXmlParseError
from tests.support.damage import damaged
from tests.support.descriptions import Device, Service, device_description

URL = "http://192.0.2.1:49152/dev/description.xml"
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")).map(
    str.strip
)
PATHS = st.text("abcdefghijklmnopqrstuvwxyz0123456789/.-_~", max_size=12).map(lambda path: f"/x{path}")
SERVICES = st.builds(
    Service, service_type=TEXTS, service_id=TEXTS, scpd_url=PATHS, control_url=PATHS, event_sub_url=PATHS
)
MORE = st.dictionaries(
    st.sampled_from(
        [
            "manufacturer",
            "manufacturerURL",
            "modelDescription",
            "modelName",
            "modelNumber",
            "modelURL",
            "serialNumber",
            "UPC",
            "presentationURL",
        ]
    ),
    TEXTS,
)
ICONS = st.fixed_dictionaries(
    {
        "mimetype": TEXTS,
        "width": st.integers(0, 9999).map(str),
        "height": st.integers(0, 9999).map(str),
        "depth": st.integers(0, 64).map(str),
        "url": PATHS,
    }
)


def devices(inner: st.SearchStrategy[Device] | None = None) -> st.SearchStrategy[Device]:
    return st.builds(
        Device,
        device_type=TEXTS,
        friendly_name=TEXTS,
        udn=st.uuids().map("uuid:{}".format),
        more=MORE,
        icons=st.lists(ICONS, max_size=2),
        services=st.lists(SERVICES, max_size=3),
        devices=st.lists(inner, max_size=2) if inner is not None else st.just([]),
    )


def check(device: Device, document: DeviceDocument) -> None:
    info = document.info
    more = device.more
    assert info[:14] == (
        device.device_type,
        device.friendly_name,
        more.get("manufacturer", ""),
        more.get("manufacturerURL", ""),
        more.get("modelDescription"),
        more.get("modelName", ""),
        more.get("modelNumber"),
        more.get("modelURL"),
        more.get("serialNumber"),
        device.udn,
        more.get("UPC", ""),
        info.presentation_url,
        URL,
        info.icons,
    )
    # "" where it leads elsewhere, or nowhere
    assert info.presentation_url in {more.get("presentationURL", ""), ""}
    assert [(i.mimetype, str(i.width), str(i.height), str(i.depth)) for i in info.icons] == [
        (i["mimetype"], i["width"], i["height"], i["depth"]) for i in device.icons
    ]
    assert [service[:5] for service in document.services] == [
        (s.service_id, s.service_type, s.control_url, s.event_sub_url, s.scpd_url) for s in device.services
    ]
    assert len(document.embedded) == len(device.devices)
    for embedded, part in zip(device.devices, document.embedded, strict=True):
        check(embedded, part)


@given(devices(devices()), st.booleans())
def test_what_is_written_is_read_back(device, strict):
    document = parse_device_document(device_description(device), URL, strict=strict)
    told = {found.code for found in (*document.diagnostics, *chain(*document.service_diagnostics))}
    assert told <= {
        "element-missing",
        "service-id-repeated",
        "service-type-repeated",
        "presentation-url-refused",
    }
    check(device, document)


@given(devices())
def test_both_modes_read_the_same_of_what_is_right(device):
    text = device_description(device)
    strict = parse_device_document(text, URL, strict=True)
    tolerant = parse_device_document(text, URL, strict=False)
    assert [s[:5] for s in flat(strict)] == [s[:5] for s in flat(tolerant)]


def flat(document: DeviceDocument) -> Iterable[tuple[object, ...]]:
    yield document.info[:14]
    yield from document.services
    for embedded in document.embedded:
        yield from flat(embedded)


WHOLE = device_description(
    Device(
        icons=[{"width": "1", "height": "2", "depth": "3", "url": "/i"}],
        services=[Service()],
        devices=[Device(services=[Service()])],
    ),
    url_base="http://192.0.2.1/",
)
PIECES = ["", "<", ">", "&", "\0", " ", "\n", "x", "uuid:", "http://[", "//x", "</url>", "<x:y/>", "<device>"]


@given(damaged(WHOLE, PIECES) | st.text(), st.booleans())
def test_any_text_is_read_or_refused(text, strict):
    try:
        document = parse_device_document(text, URL, strict=strict)
    except (UpnpXmlParseError, UpnpXmlContentError):
        return
    for service in document.services:
        try:
            resolved_service(service, URL, document.base_url)
        except UpnpError:
            continue


@given(st.text(), st.text() | st.just(URL), st.text() | st.just(URL))
def test_any_url_is_resolved_or_refused(text, url, base):
    document = parse_device_document(device_description(Device(services=[Service()])), URL, strict=True)
    service = document.services[0]._replace(scpd_url=text)
    try:
        resolved = resolved_service(service, url, base)
    except UpnpError:
        return
    assert bool(resolved.scpd_url) == bool(text)
