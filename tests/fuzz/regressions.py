"""Cases that once broke an invariant: the entry point, the bytes, and what they did.

They are seeds as well: what broke once breaks near by again.
"""

REGRESSIONS: tuple[tuple[str, bytes, str], ...] = (
    ("usn", b"uuid:uuid:", "a UDN that is nothing but its prefix"),
    (
        "data_types",
        b"+25E-105035050350503505035",
        "InvalidOperation, which is no ValueError, from fixed.14.4",
    ),
    ("cache_control", b"max-age=" + b" " * 8000 + b"x", "a time that grew with the square of the blanks"),
    (
        "ssdp_datagram",
        (
            b"HTTP/1.1 200 OK\r\nLOCATION: http://192.168.1.20/d.xml\r\nST: upnp:rootdevice\r\n"
            b"CACHE-CONTROL: max-age=0\r\nUSN: uuid:1\r2024-01-01 forged::upnp:rootdevice\r\n\r\n"
        ),
        "a carriage return out of a UDN in the log",
    ),
    ("timeout", b"Second" + b" " * 8000, "a time that grew with the square of the blanks, too"),
    (
        "didl_lite",
        b"<!--<" + b"a" * 8000 + b"<--><x:y/>",
        "a time that grew with the square of the name, when a prefix is not declared",
    ),
    (
        "http_request",
        b"GET /" + b" " * 16_000 + b"x\r\n\r\n",
        "a time that grew with the square of the blanks in a request line",
    ),
    ("urls", b"http://localhost../", "a name of this machine with two dots as a safe location"),
    ("urls", b"http://]]>[fe80::20", "brackets that are no host, made another host with a zone"),
    ("url_policy", b"http://[::ffff:127.0.0.1]0/", "another address connected to than the one checked"),
    ("url_policy", b"http://0177.0.0.[::1]1/", "the same, with the text before the brackets"),
    ("url_policy", b"http://[fe80::20]H", "what follows brackets, put after an address"),
    (
        "service_document",
        (
            b'<scpd xmlns="urn:schemas-upnp-org:service-1-0"><serviceStateTable><stateVariable><name>F</name>'
            b"<dataType>fixed.14.4</dataType><defaultValue>1E-99999999999999999999</defaultValue></stateVariable>"
            b"</serviceStateTable></scpd>"
        ),
        "the same from reading a service document, in both modes",
    ),
)
