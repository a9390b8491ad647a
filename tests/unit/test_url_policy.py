"""Which URLs are followed: in whatever spelling, whoever says them, and wherever names lead."""

import pytest

from async_upnp_client.exceptions import UpnpCommunicationError, UpnpError, UpnpUrlError
from async_upnp_client.url_policy import DEFAULT_URL_POLICY, UrlPolicy

POLICY = DEFAULT_URL_POLICY
SENDER = ("192.0.2.9", 1900)
LOOPBACK = ("127.0.0.1", 1900)
LOOPBACK_6 = ("::1", 1900, 0, 0)
ON_LINK_3 = ("fe80::9", 1900, 0, 3)

NO_URL = "is no URL of http or https with a host"
OURS = "leads to this machine"
MANY = "does not lead to one machine of the network"
UNFIT = "is too long, or cannot be printed"

# what is announced, what is used
ALLOWED = [
    ("http://192.168.1.2/d.xml", "http://192.168.1.2/d.xml"),
    ("http://192.168.1.2:49152/d.xml", "http://192.168.1.2:49152/d.xml"),
    ("https://192.168.1.2/", "https://192.168.1.2/"),
    ("HTTP://192.168.1.2/D.xml", "http://192.168.1.2/D.xml"),
    ("http://192.168.1.2", "http://192.168.1.2"),
    ("http://192.168.1.2?a=/b", "http://192.168.1.2?a=/b"),
    ("http://10.0.0.1/", "http://10.0.0.1/"),
    ("http://172.31.0.1/", "http://172.31.0.1/"),
    ("http://100.64.0.1/", "http://100.64.0.1/"),
    ("http://8.8.8.8/", "http://8.8.8.8/"),
    ("http://192.168.1.2./", "http://192.168.1.2/"),
    ("http://3232235778:80/d", "http://192.168.1.2:80/d"),
    ("http://0xC0.0xA8.1.2/", "http://192.168.1.2/"),
    ("http://0300.0250.01.02/", "http://192.168.1.2/"),
    ("http://192.168.258/", "http://192.168.1.2/"),
    ("http://%31%39%32.168.1.2/", "http://192.168.1.2/"),
    ("http://１９２.168.1.2/", "http://192.168.1.2/"),  # noqa: RUF001  # wide digits are the point
    ("http://192。168。1。2/", "http://192.168.1.2/"),
    ("http://[::ffff:192.168.1.2]:80/d", "http://192.168.1.2:80/d"),
    ("http://[::FFFF:C0A8:102]/", "http://192.168.1.2/"),
    ("http://[fd00::2]:80/d", "http://[fd00::2]:80/d"),
    ("http://[FD00:0:0::2]/", "http://[fd00::2]/"),
    ("http://[2001:db8::1]/", "http://[2001:db8::1]/"),
    ("http://[fe80::1]/", "http://[fe80::1]/"),
    ("http://[fe80::1%3]:80/d", "http://[fe80::1%3]:80/d"),
    ("http://[FE80::0001%3]/", "http://[fe80::1%3]/"),
    ("http://tv.local/", "http://tv.local/"),
    ("http://TV.Local.:80/D", "http://tv.local:80/D"),
    ("http://localhost.example.org/", "http://localhost.example.org/"),
    ("http://user:word@192.168.1.2:80/", "http://user:word@192.168.1.2:80/"),
    ("http://127.0.0.1@192.168.1.2/", "http://127.0.0.1@192.168.1.2/"),
    ("http://192.168.1.2/?u=http://127.0.0.1/", "http://192.168.1.2/?u=http://127.0.0.1/"),
]
# what is announced, why it is refused
REFUSED = [
    ("http://127.0.0.1/", OURS),
    ("http://127.0.0.1:8080/admin", OURS),
    ("http://127.255.255.254/", OURS),
    ("http://127.1/", OURS),
    ("http://2130706433/", OURS),
    ("http://0x7f000001/", OURS),
    ("http://0X7F.1/", OURS),
    ("http://0177.0.0.1/", OURS),
    ("http://017700000001/", OURS),
    ("http://127.0.0.1./", OURS),
    ("http://127%2e0%2e0%2e1/", OURS),
    ("http://①②⑦.0.0.1/", OURS),
    ("http://[::1]/", OURS),
    ("http://[0:0:0:0:0:0:0:1]/", OURS),
    ("http://[::1%1]/", OURS),
    ("http://[::ffff:127.0.0.1]/", OURS),
    ("http://[::ffff:7f00:1]/", OURS),
    ("http://localhost/", OURS),
    ("http://LOCALHOST./", OURS),
    ("http://ip6-localhost/", OURS),
    ("http://a.localhost/", OURS),
    ("http://192.168.1.2@127.0.0.1/", OURS),
    ("http://192.168.1.2:80@localhost/", OURS),
    ("http://0.0.0.0/", MANY),
    ("http://0/", MANY),
    ("http://0.1.2.3/", MANY),
    ("http://[::]/", MANY),
    ("http://[::ffff:0.0.0.0]/", MANY),
    ("http://169.254.169.254/latest/meta-data", MANY),
    ("http://0xa9fea9fe/", MANY),
    ("http://[::ffff:169.254.1.1]/", MANY),
    ("http://[64:ff9b::169.254.169.254]/", MANY),
    ("http://[2002:7f00:1::]/", MANY),
    ("http://224.0.0.1/", MANY),
    ("http://239.255.255.250:1900/", MANY),
    ("http://[ff02::c]/", MANY),
    ("http://255.255.255.255/", MANY),
    ("http://240.0.0.1/", MANY),
    ("", NO_URL),
    ("d.xml", NO_URL),
    ("//192.168.1.2/d.xml", NO_URL),
    ("http:///d.xml", NO_URL),
    ("http://:80/", NO_URL),
    ("ftp://192.168.1.2/", NO_URL),
    ("file:///etc/passwd", NO_URL),
    ("gopher://192.168.1.2/", NO_URL),
    ("httpx://192.168.1.2/", NO_URL),
    ("javascript:alert(1)", NO_URL),
    ("http://[fe80::1/", NO_URL),
    ("http://fe80::1:5000/", NO_URL),
    ("http://x[fe80::1]/", NO_URL),
    ("http://[fe80::1]x:80/", NO_URL),
    ("http://][fe80::1/", NO_URL),
    ("http://192.168.1.2:port/", NO_URL),
    ("http://192.168.1.2:99999/", NO_URL),
    ("http://192.168.1.2\\@127.0.0.1/", NO_URL),
    ("http://192.168.1.2 /", NO_URL),
    (" http://192.168.1.2/", NO_URL),
    ("http://192.168.1.300/", NO_URL),
    ("http://1.2.3.4.5/", NO_URL),
    ("http://192.168.1.2/\r\nX: y", NO_URL),
    ("http://192.168\t.1.2/", NO_URL),
    ("http://a%00b/", NO_URL),
    ("http://192.168.1.2/" + "x" * 4000, UNFIT),
    ("http://" + "x" * 4000, NO_URL),
]


@pytest.mark.uda("D-025")
@pytest.mark.parametrize(("url", "used"), ALLOWED)
def test_locations_of_others_are_used_in_canonical_form(url: str, used: str):
    assert POLICY.check_location(url) == used
    assert POLICY.check_location(used) == used


@pytest.mark.uda("D-025")
@pytest.mark.parametrize(("url", "why"), REFUSED)
def test_locations_that_are_refused(url: str, why: str):
    with pytest.raises(UpnpUrlError, match=f" {why}$") as caught:
        POLICY.check_location(url)
    assert len(str(caught.value)) < 400
    assert str(caught.value).isprintable()


def test_the_error_is_one_that_users_catch():
    with pytest.raises(UpnpError):
        POLICY.check_location("http://[::1]/")
    assert issubclass(UpnpUrlError, UpnpCommunicationError)


# --- Devices on this machine ---


@pytest.mark.parametrize(("url", "used"), [(u, u) for u in ("http://127.0.0.1:80/d", "http://localhost/")])
def test_a_device_on_this_machine_is_believed_by_who_listens_there(url: str, used: str):
    assert POLICY.check_location(url, heard_by=LOOPBACK, heard_from=LOOPBACK) == used
    assert POLICY.check_location(url, heard_by=LOOPBACK_6, heard_from=LOOPBACK_6) == used


@pytest.mark.parametrize(
    ("heard_by", "heard_from"),
    [
        (("0.0.0.0", 0), LOOPBACK),
        (("192.168.1.1", 0), LOOPBACK),
        (("::", 0, 0, 0), LOOPBACK_6),
        (LOOPBACK, SENDER),
        (LOOPBACK, None),
        (None, LOOPBACK),
        (None, None),
    ],
)
def test_nobody_else_is(heard_by, heard_from):
    with pytest.raises(UpnpUrlError, match=OURS):
        POLICY.check_location("http://127.0.0.1:80/d", heard_by=heard_by, heard_from=heard_from)


@pytest.mark.parametrize(
    "url", ["http://0.0.0.0/", "http://169.254.1.1/", "http://[ff02::c]/", "ftp://[::1]/"]
)
def test_what_is_no_machine_is_refused_there_too(url: str):
    with pytest.raises(UpnpUrlError):
        POLICY.check_location(url, heard_by=LOOPBACK, heard_from=LOOPBACK)


def test_others_are_heard_on_loopback_as_anywhere():
    assert POLICY.check_location("http://192.0.2.1/", heard_by=LOOPBACK, heard_from=LOOPBACK)


# --- Zones ---


@pytest.mark.uda("V-005")
@pytest.mark.parametrize(
    ("url", "heard_from", "allowed"),
    [
        ("http://[fe80::1%3]/", ON_LINK_3, True),
        ("http://[fe80::1%4]/", ON_LINK_3, False),
        ("http://[fe80::1%nosuch0]/", ON_LINK_3, False),
        ("http://[fe80::1%3]/", SENDER, False),
        ("http://[fe80::1]/", ON_LINK_3, True),
        ("http://192.0.2.1/a%20b", ON_LINK_3, True),
    ],
)
def test_a_zone_is_the_one_it_was_heard_from(url: str, heard_from, allowed: bool):
    if allowed:
        assert POLICY.check_location(url, heard_from=heard_from) == url
    else:
        with pytest.raises(UpnpUrlError, match="zone"):
            POLICY.check_location(url, heard_from=heard_from)


# --- Services, icons, pages ---

HERE = "http://192.0.2.1:80/d/d.xml"


@pytest.mark.uda("S-016")
@pytest.mark.uda("V-005")
@pytest.mark.parametrize(
    ("location", "url", "used"),
    [
        (HERE, "/c", "http://192.0.2.1:80/c"),
        (HERE, "c", "http://192.0.2.1:80/d/c"),
        (HERE, "?c", "http://192.0.2.1:80/d/d.xml?c"),
        (HERE, "http://192.0.2.1:81/c", "http://192.0.2.1:81/c"),
        (HERE, "https://192.0.2.1/c", "https://192.0.2.1/c"),
        (HERE, "//192.0.2.1/c", "http://192.0.2.1/c"),
        (HERE, "HTTP://192.0.2.1./c", "http://192.0.2.1/c"),
        (HERE, "http://[::ffff:192.0.2.1]/c", "http://192.0.2.1/c"),
        (HERE, "http://0xc0000201/c", "http://192.0.2.1/c"),
        ("http://tv.local/d", "http://TV.LOCAL./c", "http://tv.local/c"),
        ("http://[fe80::1%3]:80/d", "/c", "http://[fe80::1%3]:80/c"),
        ("http://[fe80::1%3]:80/d", "http://[fe80::1]:81/c", "http://[fe80::1%3]:81/c"),
        ("http://[fe80::1%3]/d", "http://[FE80:0::1]/c", "http://[fe80::1%3]/c"),
        ("http://[fe80::1%3]/d", "http://[fe80::1%3]/c", "http://[fe80::1%3]/c"),
        ("http://127.0.0.1:1/d", "http://127.0.0.1:2/c", "http://127.0.0.1:2/c"),
        ("http://localhost:1/d", "http://127.0.0.1:2/c", "http://127.0.0.1:2/c"),
        ("http://[::1]/d", "http://localhost/c", "http://localhost/c"),
        ("http://169.254.1.1/d", "http://169.254.1.1:49000/c", "http://169.254.1.1:49000/c"),
    ],
)
def test_a_service_is_on_the_host_of_its_description(location: str, url: str, used: str):
    assert POLICY.check_service_url(location, url) == used
    assert POLICY.check_page_url(location, url) == used
    assert POLICY.check_redirect(location, url) == used


@pytest.mark.uda("S-016")
@pytest.mark.parametrize(
    ("location", "url"),
    [
        (HERE, "http://192.0.2.2/c"),
        (HERE, "//192.0.2.2/c"),
        (HERE, "http://192.0.2.1@192.0.2.2/c"),
        (HERE, "http://127.0.0.1/c"),
        (HERE, "http://localhost/c"),
        (HERE, "ftp://192.0.2.1/c"),
        (HERE, "javascript:alert(1)"),
        (HERE, "data:image/png;base64,AAAA"),
        (HERE, "http://[fe80::1/c"),
        (HERE, "http:///c"),
        (HERE, "http://192.0.2.1/c\r\nX: y"),
        ("http://[fe80::1%3]/d", "http://[fe80::1%4]/c"),
        ("http://[fe80::1]/d", "http://[fe80::1%4]/c"),
        ("http://[fe80::1%3]/d", "http://[fe80::2]/c"),
        ("http://tv.local/d", "http://tv/c"),
        ("http://tv.local/d", "http://192.0.2.1/c"),
        ("http://127.0.0.1/d", "http://192.0.2.1/c"),
        ("no url", "no url"),
    ],
)
def test_a_service_elsewhere_is_refused(location: str, url: str):
    with pytest.raises(UpnpUrlError):
        POLICY.check_service_url(location, url)
    with pytest.raises(UpnpUrlError):
        POLICY.check_page_url(location, url)


# --- Redirects ---


@pytest.mark.parametrize(
    ("url", "target", "used"),
    [
        (HERE, "http://192.0.2.2:8080/x", "http://192.0.2.2:8080/x"),
        (HERE, "http://tv.local/x", "http://tv.local/x"),
        ("http://tv.local/", "http://192.0.2.2/x", "http://192.0.2.2/x"),
        ("http://[fe80::1%3]/", "http://[fe80::2]/x", "http://[fe80::2%3]/x"),
        ("http://[fe80::1%3]/", "http://[fe80::2%3]/x", "http://[fe80::2%3]/x"),
        ("http://169.254.1.1/", "http://192.0.2.2/x", "http://192.0.2.2/x"),
    ],
)
def test_a_redirect_may_lead_where_a_location_may(url: str, target: str, used: str):
    assert POLICY.check_redirect(url, target) == used


@pytest.mark.parametrize(
    ("url", "target"),
    [
        *((HERE, url) for url, why in REFUSED if why in {OURS, MANY}),
        ("http://127.0.0.1/", "http://192.0.2.2/"),
        ("http://localhost/", "http://tv.local/"),
        (HERE, "ftp://192.0.2.1/"),
        (HERE, "http://[bad"),
        (HERE, "http://[fe80::2%3]/"),
        ("http://[fe80::1%3]/", "http://[fe80::1%4]/"),
        ("http://[fe80::1%3]/", "http://[fe80::2%4]/"),
        ("http://[fe80::1]/", "http://[fe80::1%4]/"),
    ],
)
def test_a_redirect_may_not_lead_elsewhere(url: str, target: str):
    with pytest.raises(UpnpUrlError):
        POLICY.check_redirect(url, target)


# --- Addresses ---


@pytest.mark.parametrize(
    ("url", "ip", "used"),
    [
        ("http://tv.local:80/d?x", "192.0.2.1", "http://192.0.2.1:80/d?x"),
        ("https://tv.local", "fd00::1", "https://[fd00::1]"),
        ("http://tv.local/", "fe80::1%3", "http://[fe80::1%3]/"),
        ("http://tv.local/", "::ffff:192.0.2.1", "http://192.0.2.1/"),
        ("http://u:p@tv.local:80/", "192.0.2.1", "http://u:p@192.0.2.1:80/"),
        ("http://localhost:80/", "127.0.0.1", "http://127.0.0.1:80/"),
        ("http://localhost/", "::1", "http://[::1]/"),
        # what a caller asks for by its address is what the caller wants
        ("http://127.0.0.1:80/d", "127.0.0.1", "http://127.0.0.1:80/d"),
        ("http://127.1/", "127.0.0.1", "http://127.0.0.1/"),
        ("http://169.254.1.1/", "169.254.1.1", "http://169.254.1.1/"),
        ("http://[fe80::1%3]:80/", "fe80::1%3", "http://[fe80::1%3]:80/"),
    ],
)
def test_the_address_takes_the_place_of_the_name(url: str, ip: str, used: str):
    assert POLICY.check_address(url, ip) == used


@pytest.mark.parametrize(
    ("url", "ip"),
    [
        *(
            ("http://tv.local/", ip)
            for ip in (
                "127.0.0.1",
                "127.0.1.1",
                "::1",
                "::ffff:127.0.0.1",
                "0.0.0.0",
                "::",
                "169.254.169.254",
                "224.0.0.1",
                "255.255.255.255",
                "ff02::c%3",
                "no address",
                "",
            )
        ),
        ("http://localhost/", "192.0.2.1"),
        ("http://192.0.2.1/", "127.0.0.1"),
        ("no url", "192.0.2.1"),
        ("ftp://tv.local/", "192.0.2.1"),
    ],
)
def test_a_name_does_not_lead_where_a_location_may_not(url: str, ip: str):
    with pytest.raises(UpnpUrlError):
        POLICY.check_address(url, ip)


# --- Other policies ---


def test_a_policy_can_be_replaced():
    class OnlyTheLan(UrlPolicy):
        def check_address(self, url: str, ip: str) -> str:
            if not ip.startswith("192.168."):
                raise UpnpUrlError(f"{ip} is not in the LAN")
            return super().check_address(url, ip)

    assert OnlyTheLan().check_address("http://192.168.1.2/", "192.168.1.2") == "http://192.168.1.2/"
    with pytest.raises(UpnpUrlError, match="not in the LAN"):
        OnlyTheLan().check_address("http://192.0.2.2/", "192.0.2.2")
