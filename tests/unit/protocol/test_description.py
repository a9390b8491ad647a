"""Device descriptions: what is read of those that are right, and of those that are not."""

import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import chain

import pytest

from async_upnp_client._addresses import absolute_url
from async_upnp_client._protocol.description import (
    DeviceDocument,
    parse_device_document,
    resolved_service,
)
from async_upnp_client.const import DeviceIcon, ServiceInfo, Severity
from async_upnp_client.exceptions import UpnpError, UpnpXmlContentError, UpnpXmlParseError
from async_upnp_client.limits import DEFAULT_LIMITS
from async_upnp_client.url_policy import UrlPolicy
from tests.support.descriptions import Device, Service, device_description

URL = "http://192.0.2.1:49152/dev/description.xml"
BOTH = pytest.mark.parametrize("strict", [True, False], ids=["strict", "non_strict"])


def parse(text: str, *, url: str = URL, strict: bool = False) -> DeviceDocument:
    return parse_device_document(text, url, strict=strict)


def codes(document: DeviceDocument) -> list[str]:
    """Return what was found wrong, save what the short texts of these tests leave out."""
    left_out = {"element-missing", "control-url-missing"}
    found = [*document.diagnostics, *chain(*document.service_diagnostics)]
    own = [record.code for record in found if record.code not in left_out]
    return own + [code for inner in document.embedded for code in codes(inner)]


def root(device: str, before: str = "", namespace: str = ' xmlns="urn:schemas-upnp-org:device-1-0"') -> str:
    return f'<?xml version="1.0"?><root{namespace}>{before}<device>{device}</device></root>'


GATEWAY = """<?xml version="1.0"?>
<root xmlns="urn:schemas-upnp-org:device-1-0" configId="1337"><specVersion><major>1</major><minor>1</minor>
</specVersion><device><deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:1</deviceType>
<friendlyName>Debian router</friendlyName><manufacturer>Debian</manufacturer>
<manufacturerURL>http://www.debian.org/</manufacturerURL><modelDescription>Debian router</modelDescription>
<modelName>Debian router</modelName><modelNumber>1</modelNumber><modelURL>http://www.debian.org/</modelURL>
<serialNumber>12345678</serialNumber><UDN>uuid:00000000-0000-0000-0000-000000000b01</UDN><serviceList><service>
<serviceType>urn:schemas-upnp-org:service:Layer3Forwarding:1</serviceType>
<serviceId>urn:upnp-org:serviceId:L3Forwarding1</serviceId><SCPDURL>/L3F.xml</SCPDURL>
<controlURL>/ctl/L3F</controlURL><eventSubURL>/evt/L3F</eventSubURL></service></serviceList><deviceList><device>
<deviceType>urn:schemas-upnp-org:device:WANDevice:1</deviceType><friendlyName>WANDevice</friendlyName>
<UDN>uuid:00000000-0000-0000-0000-000000000b02</UDN><UPC>000000000000</UPC><deviceList><device>
<deviceType>urn:schemas-upnp-org:device:WANConnectionDevice:1</deviceType>
<UDN>uuid:00000000-0000-0000-0000-000000000b03</UDN><serviceList><service>
<serviceType>urn:schemas-upnp-org:service:WANIPConnection:1</serviceType>
<serviceId>urn:upnp-org:serviceId:WANIPConn1</serviceId><SCPDURL>/WANIPCn.xml</SCPDURL>
<controlURL>/ctl/IPConn</controlURL><eventSubURL>/evt/IPConn</eventSubURL></service></serviceList></device>
</deviceList></device></deviceList><presentationURL>http://192.0.2.1/</presentationURL></device></root>"""


@BOTH
@pytest.mark.uda("S-028")
def test_a_gateway(strict):
    document = parse(GATEWAY, strict=strict)
    assert codes(document) == []
    assert document.base_url == URL
    info = document.info
    assert info[:14] == (
        "urn:schemas-upnp-org:device:InternetGatewayDevice:1",
        "Debian router",
        "Debian",
        "http://www.debian.org/",
        "Debian router",
        "Debian router",
        "1",
        "http://www.debian.org/",
        "12345678",
        "uuid:00000000-0000-0000-0000-000000000b01",
        "",
        "http://192.0.2.1/",
        URL,
        [],
    )
    assert info.xml.tag == "{urn:schemas-upnp-org:device-1-0}device"
    [service] = document.services
    assert service[:5] == (
        "urn:upnp-org:serviceId:L3Forwarding1",
        "urn:schemas-upnp-org:service:Layer3Forwarding:1",
        "/ctl/L3F",
        "/evt/L3F",
        "/L3F.xml",
    )
    assert service.xml.tag == "{urn:schemas-upnp-org:device-1-0}service"
    [wan] = document.embedded
    assert (wan.services, wan.info.upc, wan.info.url) == ((), "000000000000", URL)
    [connection] = wan.embedded
    assert connection.services[0].service_id == "urn:upnp-org:serviceId:WANIPConn1"
    assert connection.embedded == ()


@BOTH
@pytest.mark.uda("S-023")
def test_what_is_missing(strict):
    document = parse(root(""), strict=strict)
    assert document.info[:14] == ("", "", "", "", None, "", None, None, None, "", "", "", URL, [])
    assert (document.services, document.embedded, codes(document)) == ((), (), [])


@BOTH
def test_what_is_empty(strict):
    names = ["modelDescription", "modelNumber", "modelURL", "serialNumber", "UPC", "presentationURL", "UDN"]
    document = parse(root("".join(f"<{name}/>" for name in names)), strict=strict)
    assert document.info[:14] == ("", "", "", "", "", "", "", "", "", "", "", "", URL, [])


@BOTH
@pytest.mark.uda("S-010")
def test_white_space_around_texts(strict):
    text = root(
        "<friendlyName>\r\n  A name \t</friendlyName><presentationURL> /x </presentationURL>"
        "<iconList><icon><url> i.png </url><width> 5 </width></icon></iconList>"
        "<serviceList><service><serviceType>\n t </serviceType><serviceId> i </serviceId>"
        "<SCPDURL> s </SCPDURL>"
        "<controlURL> c\n</controlURL><eventSubURL>\t</eventSubURL></service></serviceList>"
    )
    document = parse(text, strict=strict)
    assert (document.info.friendly_name, document.info.presentation_url) == ("A name", "/x")
    assert document.info.icons == [DeviceIcon("", 5, 0, 0, "http://192.0.2.1:49152/dev/i.png")]
    assert document.services[0][:5] == ("i", "t", "c", "", "s")


@BOTH
@pytest.mark.uda("S-008")
def test_what_is_unknown_is_ignored(strict):
    text = root(
        "<!-- hand made --><?php ?><dlna:X_DLNADOC xmlns:dlna='urn:schemas-dlna-org:device-1-0'>DMS-1.50"
        "</dlna:X_DLNADOC><friendlyName lang='en'>A<b>x</b></friendlyName>"
        "<X_other><UDN>uuid:2</UDN></X_other>"
        "<iconList><x/></iconList><serviceList><x/></serviceList><deviceList><x/></deviceList>"
        "<UDN>uuid:1</UDN>"
    )
    document = parse(text, strict=strict)
    assert (document.info.friendly_name, document.info.udn) == ("A", "uuid:1")
    assert (document.info.icons, document.services, document.embedded, codes(document)) == ([], (), (), [])


@BOTH
@pytest.mark.uda("S-011")
@pytest.mark.parametrize(
    "version",
    [
        "",
        "<specVersion/>",
        *(
            f"<specVersion><major>{major}</major><minor>{minor}</minor></specVersion>"
            for major, minor in ("10", "11", "20", "79")
        ),
    ],
)
def test_any_version_of_the_architecture(version, strict):
    assert parse(root("<UDN>uuid:1</UDN>", version), strict=strict).info.udn == "uuid:1"


@pytest.mark.uda("S-007")
@pytest.mark.parametrize(
    "namespace",
    ["", ' xmlns="urn:Belkin:device-1-0"', ' xmlns=""', ' xmlns=" urn:schemas-upnp-org:device-1-0"'],
)
def test_other_namespaces(namespace):
    text = root("<UDN>uuid:1</UDN><serviceList><service/></serviceList>", namespace=namespace)
    document = parse(text)
    assert (document.info.udn, len(document.services)) == ("uuid:1", 1)
    with pytest.raises(UpnpXmlContentError):
        parse(text, strict=True)


@BOTH
@pytest.mark.uda("S-008")
def test_elements_of_vendors_stay_theirs(strict):
    text = root(
        "<v:friendlyName xmlns:v='urn:v'>B</v:friendlyName><friendlyName>A</friendlyName>"
        "<dlna:X_DLNADOC xmlns:dlna='urn:schemas-dlna-org:device-1-0'>DMS-1.50</dlna:X_DLNADOC>"
    )
    info = parse(text, strict=strict).info
    assert info.friendly_name == "A"
    assert info.xml.findtext("{urn:schemas-dlna-org:device-1-0}X_DLNADOC") == "DMS-1.50"
    assert info.xml.findtext("{urn:v}friendlyName") == "B"


@pytest.mark.uda("S-007")
def test_a_namespace_in_parts_of_a_description_only():
    text = root("<UDN xmlns=''>uuid:1</UDN><modelName>M</modelName>")
    info = parse(text).info
    assert (info.udn, info.model_name) == ("uuid:1", "M")
    assert parse(text, strict=True).info.udn == ""


def test_an_undeclared_prefix_on_everything():
    info = parse("<u:root><u:device><u:UDN>uuid:1</u:UDN></u:device></u:root>").info
    assert info.udn == "uuid:1"
    assert info.xml.tag == "{urn:schemas-upnp-org:device-1-0}device"


@BOTH
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_indentation_is_not_kept_and_lines_of_values_are(end, strict):
    lines = ["", "\t<friendlyName>", "  one", "  two > three", "</friendlyName>", "  <UDN>uuid:1</UDN>", ""]
    info = parse(root(end.join(lines)), strict=strict).info
    assert (info.friendly_name, info.udn) == ("one\n  two > three", "uuid:1")
    assert info.xml.text is None
    assert [part.tail for part in info.xml] == [None, None]


@BOTH
def test_cdata_is_kept(strict):
    text = root("<friendlyName><![CDATA[ <a>\n <b> & c ]]></friendlyName>\n")
    assert parse(text, strict=strict).info.friendly_name == "<a>\n <b> & c"


@BOTH
def test_the_position_of_an_error_is_that_in_the_text_as_it_came(strict):
    with pytest.raises(UpnpXmlParseError) as caught:
        parse("<root>\n  <device>\n    <a></b>\n", strict=strict)
    assert caught.value.position == (3, 9)


@pytest.mark.uda("S-009")
def test_broken_xml_is_mended():
    text = (
        "\ufeff\r\n" + root("<friendlyName>A & B</friendlyName><sec:ProductCap>x</sec:ProductCap>") + "\0junk"
    )
    assert parse(text).info.friendly_name == "A & B"
    with pytest.raises(UpnpXmlParseError):
        parse(text, strict=True)


@BOTH
@pytest.mark.parametrize(
    "text",
    ["<root/>", "<scpd xmlns='urn:schemas-upnp-org:service-1-0'/>", "<html><body/></html>", "<device/>"],
)
def test_no_device(text, strict):
    with pytest.raises(UpnpXmlContentError):
        parse(text, strict=strict)


@BOTH
@pytest.mark.parametrize("text", ["", "status=ok", "<root"])
def test_no_xml(text, strict):
    with pytest.raises(UpnpXmlParseError):
        parse(text, strict=strict)


@BOTH
@pytest.mark.uda("S-020")
@pytest.mark.parametrize(
    ("udn", "expected"),
    [
        ("uuid:1", "uuid:1"),
        ("uuid:uuid:1", "uuid:1"),
        ("UUID:uuid:uuid:1", "uuid:1"),
        ("ESP_1234", "uuid:ESP_1234"),
        ("uuid:upnp-InternetGatewayDevice-1_0-x", "uuid:upnp-InternetGatewayDevice-1_0-x"),
    ],
)
def test_udn(udn, expected, strict):
    document = parse(root(f"<UDN>{udn}</UDN>"), strict=strict)
    assert document.info.udn == expected
    assert codes(document) == ["udn-malformed"] * (udn[:5] != "uuid:" or udn != expected)


ICON = "<mimetype>image/png</mimetype><width>48</width><height>32</height><depth>24</depth><url>/i.png</url>"


@BOTH
@pytest.mark.uda("S-022")
def test_icons(strict):
    text = root(f"<iconList><icon>{ICON}</icon><icon><url>http://192.0.2.1/j.png</url></icon></iconList>")
    assert parse(text, strict=strict).info.icons == [
        DeviceIcon("image/png", 48, 32, 24, "http://192.0.2.1:49152/i.png"),
        DeviceIcon("", 0, 0, 0, "http://192.0.2.1/j.png"),
    ]


REFUSED = [
    "http://198.51.100.1/x",
    "http://127.0.0.1/x",
    "//evil.example/x",
    "javascript:alert(1)",
    "http://[",
]


@pytest.mark.parametrize("url", REFUSED)
def test_an_icon_elsewhere_is_dropped_unless_read_strictly(url):
    text = root(f"<iconList><icon>{ICON}</icon><icon><url>{url}</url></icon></iconList>")
    document = parse(text)
    assert [icon.url for icon in document.info.icons] == ["http://192.0.2.1:49152/i.png"]
    assert codes(document) == ["icon-url-refused"]
    document = parse(text, strict=True)
    assert [icon.url for icon in document.info.icons][1:] == [absolute_url(URL, url)]
    assert codes(document) == ["icon-url-refused"]


@pytest.mark.parametrize("url", REFUSED)
def test_a_presentation_page_elsewhere_is_dropped_unless_read_strictly(url):
    text = root(f"<presentationURL>{url}</presentationURL>")
    document = parse(text)
    assert (document.info.presentation_url, codes(document)) == ("", ["presentation-url-refused"])
    document = parse(text, strict=True)
    assert (document.info.presentation_url, codes(document)) == (url, ["presentation-url-refused"])


@BOTH
@pytest.mark.parametrize("url", ["/", "index.html", "http://192.0.2.1:8080/", "HTTPS://192.0.2.1", "?x"])
def test_a_presentation_page_is_told_as_it_is_written(url, strict):
    document = parse(root(f"<presentationURL>{url}</presentationURL>"), strict=strict)
    assert (document.info.presentation_url, codes(document)) == (url, [])


class Lenient(UrlPolicy):
    def check_page_url(self, location, url):
        return url

    def check_service_url(self, location, url):
        return url


def test_a_policy_of_the_caller_decides():
    text = root(
        "<iconList><icon><url>http://198.51.100.1/i</url></icon></iconList>"
        "<presentationURL>http://198.51.100.1/p</presentationURL>"
    )
    info = parse_device_document(text, URL, strict=False, url_policy=Lenient()).info
    assert ([icon.url for icon in info.icons], info.presentation_url) == (
        ["http://198.51.100.1/i"],
        "http://198.51.100.1/p",
    )
    own = service("http://198.51.100.1/c")
    assert resolved_service(own, URL, URL, Lenient()) is own


@pytest.mark.uda("V-005")
def test_an_icon_inherits_the_zone():
    text = root("<iconList><icon><url>http://[fe80::1]:80/i</url></icon></iconList>")
    document = parse(text, url="http://[fe80::1%3]/d.xml")
    assert [icon.url for icon in document.info.icons] == ["http://[fe80::1%3]:80/i"]


@pytest.mark.uda("S-022")
@pytest.mark.parametrize(
    "width", ["<width/>", "<width> </width>", "<width>48px</width>", "<width>4.8</width>"]
)
def test_an_icon_with_a_size_that_is_no_number(width):
    text = root(
        f"<iconList><icon>{ICON.replace('<width>48</width>', width)}</icon></iconList><UDN>uuid:1</UDN>"
    )
    document = parse(text)
    assert document.info.icons == [DeviceIcon("image/png", 0, 32, 24, "http://192.0.2.1:49152/i.png")]
    assert len(codes(document)) == 1
    with pytest.raises(UpnpXmlContentError):
        parse(text, strict=True)


@BOTH
@pytest.mark.uda("S-022")
def test_an_icon_without_url_is_left_out(strict):
    document = parse(root("<iconList><icon/><icon><url/></icon></iconList>"), strict=strict)
    assert document.info.icons == []
    assert len(codes(document)) == 2


@BOTH
@pytest.mark.uda("S-014")
@pytest.mark.parametrize(
    ("declared", "base"),
    [
        ("", URL),
        (" ", URL),
        (URL, URL),
        ("http://192.0.2.1:49152/", "http://192.0.2.1:49152/"),
        (" http://192.0.2.1:80/a/b \n", "http://192.0.2.1:80/a/b"),
        ("HTTP://192.0.2.1/", "http://192.0.2.1/"),
        ("https://192.0.2.1/", "https://192.0.2.1/"),
    ],
)
def test_url_base(declared, base, strict):
    document = parse(root("", f"<URLBase>{declared}</URLBase>"), strict=strict)
    assert document.base_url == base
    assert document.info.url == URL
    assert codes(document) == []


@BOTH
@pytest.mark.uda("S-014")
@pytest.mark.parametrize(
    "declared",
    [
        "http://192.0.2.2/",
        "http://192.0.2.1@evil.example/",
        "ftp://192.0.2.1/",
        "/dev",
        "192.0.2.1",
        "http://",
        "file:///",
        "http://[",
    ],
)
def test_url_base_that_is_not_used(declared, strict):
    document = parse(root("", f"<URLBase>{declared}</URLBase>"), strict=strict)
    assert document.base_url == URL
    assert len(codes(document)) == 1


@BOTH
@pytest.mark.uda("S-014")
def test_url_base_holds_for_icons_and_embedded_devices(strict):
    text = device_description(
        Device(icons=[{"url": "i.png"}], devices=[Device(icons=[{"url": "j.png"}])]),
        url_base="http://192.0.2.1/b/",
    )
    document = parse(text, strict=strict)
    assert [icon.url for icon in document.info.icons] == ["http://192.0.2.1/b/i.png"]
    assert [icon.url for icon in document.embedded[0].info.icons] == ["http://192.0.2.1/b/j.png"]
    assert document.embedded[0].base_url == "http://192.0.2.1/b/"


def test_url_base_inherits_the_zone():
    document = parse(root("", "<URLBase>http://[fe80::1]:80/b/</URLBase>"), url="http://[fe80::1%eth0]/d.xml")
    assert document.base_url == "http://[fe80::1%eth0]:80/b/"


def nested(depth: int) -> Device:
    device = Device(udn=f"uuid:{depth}")
    for level in range(depth - 1, 0, -1):
        device = Device(udn=f"uuid:{level}", devices=[device])
    return device


def count(document: DeviceDocument) -> int:
    return 1 + sum(map(count, document.embedded))


@BOTH
def test_depth_at_the_limit(strict):
    document = parse(device_description(nested(DEFAULT_LIMITS.device_depth)), strict=strict)
    assert (count(document), codes(document)) == (DEFAULT_LIMITS.device_depth, [])


def test_depth_beyond_the_limit():
    text = device_description(nested(DEFAULT_LIMITS.device_depth + 1))
    document = parse(text)
    assert (count(document), len(codes(document))) == (DEFAULT_LIMITS.device_depth, 1)
    with pytest.raises(UpnpXmlContentError):
        parse(text, strict=True)


@BOTH
def test_devices_at_the_limit(strict):
    document = parse(
        device_description(Device(devices=[Device()] * (DEFAULT_LIMITS.embedded_devices - 1))), strict=strict
    )
    assert (count(document), codes(document)) == (DEFAULT_LIMITS.embedded_devices, [])


def test_devices_beyond_the_limit():
    text = device_description(Device(devices=[Device(devices=[Device()] * 40)] * 2))
    document = parse(text)
    assert count(document) == DEFAULT_LIMITS.embedded_devices
    assert codes(document)
    with pytest.raises(UpnpXmlContentError):
        parse(text, strict=True)


def test_services_beyond_the_limit():
    text = device_description(
        Device(services=[Service()] * 200, devices=[Device(services=[Service()] * 200)])
    )
    document = parse(text)
    assert len(document.services) + len(document.embedded[0].services) == DEFAULT_LIMITS.services
    assert codes(document) == ["service-id-repeated", "service-id-repeated", "too-many-services"]
    with pytest.raises(UpnpXmlContentError):
        parse(text, strict=True)


def test_problems_are_bounded():
    document = parse(
        root(
            "<iconList>"
            + "<icon/>" * 1000
            + f"<icon><url>x</url><width>{'9x' * 1000}</width></icon></iconList>"
        )
    )
    assert len(document.diagnostics) == DEFAULT_LIMITS.diagnostics


def test_what_is_wrong_with_an_embedded_device_is_told_there():
    icons = [{"url": "i.png", "width": ""}]
    document = parse(device_description(Device(icons=icons, devices=[Device(icons=icons)])))
    assert codes(document) == ["icon-number-unreadable"] * 2
    [found] = document.embedded[0].diagnostics
    assert (found.where, found.severity) == ("icon 1/width", Severity.INFO)


def test_services_that_cannot_be_told_apart():
    switch = Service("urn:x:service:Switch:1", "urn:x:serviceId:A")
    other = replace(switch, service_id="urn:x:serviceId:B")
    document = parse(device_description(Device(services=[switch, other, switch])))
    assert [(found.code, found.where) for found in document.diagnostics] == [
        ("service-type-repeated", "urn:x:serviceId:B"),
        ("service-id-repeated", "urn:x:serviceId:A"),
    ]


def test_what_a_service_lacks_is_told_with_the_service():
    bare = Service(service_type="", service_id="", control_url=None)
    document = parse(device_description(Device(services=[Service(), bare])))
    assert document.diagnostics == ()
    first, second = document.service_diagnostics
    assert first == ()
    assert [(found.code, found.where) for found in second] == [
        ("element-missing", "serviceId"),
        ("element-missing", "serviceType"),
        ("control-url-missing", ""),
    ]


@BOTH
@pytest.mark.uda("S-011")
@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("<major>1</major><minor>0</minor>", []),
        ("<major> 2 </major><minor>0</minor>", []),
        ("<major>3</major><minor>0</minor>", ["spec-version-odd"]),
        ("<major>1</major>", ["spec-version-odd"]),
        ("<major>\x9b</major><minor/>", ["spec-version-odd"]),
    ],
)
def test_spec_versions(version, expected, strict):
    document = parse(root("", f"<specVersion>{version}</specVersion>"), strict=strict)
    assert codes(document) == expected
    assert all(found.message.isprintable() for found in document.diagnostics)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (root("<friendlyName>A & B</friendlyName>"), ["xml-repaired"]),
        (root("", namespace=""), ["wrong-namespace"]),
        (root("", namespace=' xmlns="urn:Belkin:device-1-0"'), ["wrong-namespace"]),
        (root("", namespace="") + "<garbage", ["xml-repaired", "wrong-namespace"]),
    ],
)
def test_a_document_that_is_not_quite_one(text, expected):
    assert codes(parse(text)) == expected


def service(text: str) -> ServiceInfo:
    return ServiceInfo("i", "t", text, text, text, ET.Element("service"))


@pytest.mark.uda("S-015")
@pytest.mark.uda("S-026")
@pytest.mark.uda("S-027")
@pytest.mark.parametrize(
    ("url", "base", "text", "expected"),
    [
        # as the device wrote it
        (URL, URL, "/ctl", "/ctl"),
        (URL, URL, "ctl?x=1", "ctl?x=1"),
        (URL, URL, "http://192.0.2.1:49152/ctl", "http://192.0.2.1:49152/ctl"),
        (URL, URL, "http://192.0.2.1/ctl", "http://192.0.2.1/ctl"),
        (URL, URL, "//192.0.2.1/ctl", "//192.0.2.1/ctl"),
        (URL, "http://192.0.2.1:49152/", "/ctl", "/ctl"),
        # Samsung: relative to the path of the description (S-015)
        (
            "http://192.0.2.1/dmr/SamsungMRDesc.xml",
            "http://192.0.2.1/dmr/SamsungMRDesc.xml",
            "RC1.xml",
            "RC1.xml",
        ),
        # URLBase makes a difference (S-014)
        (URL, "http://192.0.2.1:49152/", "ctl", "http://192.0.2.1:49152/ctl"),
        (URL, "http://192.0.2.1:80/b/", "ctl", "http://192.0.2.1:80/b/ctl"),
        (URL, "http://192.0.2.1:80/b/", "/ctl", "http://192.0.2.1:80/ctl"),
        # empty is empty (S-027)
        (URL, URL, "", ""),
        (URL, "http://192.0.2.1/", "", ""),
        # link-local addresses
        ("http://[fe80::1%3]/d", "http://[fe80::1%3]/d", "/ctl", "/ctl"),
        (
            "http://[fe80::1%3]/d",
            "http://[fe80::1%3]/d",
            "http://[fe80::1]:80/ctl",
            "http://[fe80::1%3]:80/ctl",
        ),
        ("http://[fe80::1%3]/d", "http://[fe80::1%3]/d", "http://[fe80::1%3]/ctl", "http://[fe80::1%3]/ctl"),
    ],
)
def test_resolved_service(url, base, text, expected):
    info = resolved_service(service(text), url, base)
    assert (info.scpd_url, info.control_url, info.event_sub_url) == (expected,) * 3
    assert (info.service_id, info.service_type) == ("i", "t")


@pytest.mark.uda("S-016")
@pytest.mark.parametrize(
    "text",
    [
        "http://192.0.2.2/ctl",
        "//192.0.2.2/ctl",
        "http://192.0.2.1@192.0.2.2/ctl",
        "http://192.0.2.1.evil.example/",
        "http://localhost/ctl",
        "http:///ctl",
        "http://[::1/ctl",
        "ftp://192.0.2.1/ctl",
        "file:///etc/passwd",
        "javascript:alert(1)",
    ],
)
@pytest.mark.parametrize("which", ["scpd_url", "control_url", "event_sub_url"])
def test_urls_that_lead_elsewhere(text, which):
    with pytest.raises(UpnpError):
        resolved_service(service("/x")._replace(**{which: text}), URL, URL)


def test_a_zone_of_another_interface():
    with pytest.raises(UpnpError):
        resolved_service(service("http://[fe80::1%2]/ctl"), "http://[fe80::1%3]/d", "http://[fe80::1%3]/d")
