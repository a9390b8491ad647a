"""What a peer may make us hold, read, wait for or do: every bound, with its reason.

Whoever needs more, or can do with less, passes a `Limits` of their own, `Limits(devices=100)`, to the
constructors that take `limits`. Nothing here acts: who reads from a peer looks here.

Not here, since no peer gains by them: sizes of caches of pure functions (`_addresses.URLS_REMEMBERED`,
`_safe_hosts.HOSTS_REMEMBERED`, `_protocol.ssdp_message.MESSAGES_REMEMBERED`, `LINES_REMEMBERED` and
`SHAPES_REMEMBERED`, `_protocol.kept.VALUES_SHARED` and `ROWS_SHARED`, `_xml_known.MARKUPS_REMEMBERED`,
max-age, patterns), which only forget sooner; what makes one text valid whoever sends it
(`_addresses.LOCATION_CHARACTERS`, digits of numbers in `_datatypes`, of a BOOTID, of a TIMEOUT, prefixes
mended in `_xml_repair`, characters of a LastChange, of which an event has fewer); steps of work that only
spread it (`PURGED_PER_MESSAGE`); and how long and often we ask ourselves (`ATTEMPTS`, pauses,
`_http.route.MOST_ADDRESSES`).
"""

from typing import Any, Final, Never, Self, dataclass_transform

MIB: Final = 1024 * 1024


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Bounds:
    """Numbers with names, each with a default: what a frozen data class would be.

    That one would be compiled at each import, which for some fifty numbers takes as long as all of SSDP.
    """

    def __init__(self, **given: Any) -> None:
        for name, value in given.items():
            if name not in self.__annotations__:
                raise TypeError(f"there is no bound named {name}")
            if not isinstance(value, int) or value < 1:
                raise ValueError(f"{name} must be a number of at least 1, not {value!r}")
            if value != getattr(self, name):  # so that equal bounds have equal dicts, small ones
                self.__dict__[name] = value

    def __setattr__(self, name: str, value: object) -> Never:
        raise AttributeError(f"cannot assign to {name}: make other limits")

    def __delattr__(self, name: str) -> Never:
        raise AttributeError(f"cannot delete {name}")

    def as_dict(self) -> dict[str, int]:
        """Give all of them by name."""
        return {name: getattr(self, name) for name in self.__annotations__}

    def replaced(self, **given: int) -> Self:
        """Return the same with some others."""
        return type(self)(**self.as_dict() | given)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash(frozenset(self.__dict__.items()))

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({', '.join(f'{name}={value}' for name, value in self.__dict__.items())})"
        )


class Limits(Bounds):
    """Every bound on what a peer can grow. Each is a number of at least 1; ValueError for another."""

    # ---- ch. 1, SSDP: one message

    datagram_bytes: int = 8192
    """Bytes of a datagram. Real messages have 300 to 1500; a datagram may have 65,507. A longer one is
    dropped unread, with a line in the log: reading it would cost more time than a flood of real ones."""

    waiting_bytes: int = 4 * MIB
    """Bytes of datagrams that were taken from one socket and wait to be read, with what each takes beside. A
    search of ten thousand devices is answered by six thousand within a moment at most; a flood comes faster
    than it can be read. What comes beyond waits in the system's buffer, and is dropped where that is full."""

    headers: int = 128
    """Headers of a message. Real ones have up to 25; a datagram could have thousands. What comes after is
    not read."""

    header_lines: int = 160
    """Lines of a message, folded and torn ones included: real ones have as many as headers, and a few. What
    comes after is not read."""

    header_length: int = 4096
    """Characters of one header. The longest of real ones are URLs of some hundred. A longer one is left
    out, the others of the message count."""

    # ---- ch. 1, SSDP: what is remembered

    devices: int = 10_240
    """Devices, embedded ones included. Ten thousand have been seen on networks that bridge many others;
    above, somebody forges UDNs to fill our memory. A newcomer is then taken in
    when it is heard the second time, in the place of one that has been heard only once: a real device says
    three things or more within a moment. Where there is none, it waits. Those heard more often stay."""

    devices_per_host: int = 1024
    """Devices from one address. A bridge speaks for some hundred, a relay between networks for the thousand
    or so of a /22; above, one sender would crowd out all others. The next is refused until others of it
    have gone."""

    types_per_device: int = 64
    """Types that one device may have. It announces itself, its type, upnp:rootdevice and each service (UDA
    2.0 §1.2.2: 3 + 2d + k; embedded devices count for themselves), and may answer searches for each lower
    version: OpenHome players reach some 30. A further one is not reported; the device stays known."""

    types_in_all: int = 65_536
    """Types of all devices together, some six for each: what `devices` times `types_per_device` forged
    messages would take, a gigabyte, no network has any use for. A further one is not reported."""

    locations_per_device: int = 16
    """Locations that one device may have at a time: one per address of each interface, and the ports of the
    restarts of a day. A further one is not offered; the others stay."""

    location_characters: int = 4096
    """Characters of the locations of one device together. Sixteen real ones have fewer than a thousand; each
    forged one may have two thousand, and be one of sixteen of ten thousand devices. What is beyond is not
    offered; the others stay."""

    max_age: int = 24 * 60 * 60
    """Seconds for which an announcement counts, at most. Routers send up to 86,400; a longer one would keep
    a device that left without byebye, or was forged, for ever. One that means it announces itself again."""

    long_headers: int = 8 * MIB
    """Bytes that the messages kept take, all devices together, beyond an ordinary two KiB each. A house
    full of chatty devices needs one MiB; forged messages could have eight KiB each. Beyond, the headers
    that matter are kept: who, what, where, how long."""

    answers: int = 10_000
    """Answers of one search that are remembered to tell repeats: more than any network has. After that,
    repeats are delivered."""

    # ---- ch. 2, description

    description_bytes: int = MIB
    """Bytes of a device description. The largest known have 60 KiB; one that never ends would fill the
    memory. It is cut off, as UpnpCommunicationError."""

    scpd_bytes: int = MIB
    """Bytes of a service description; the largest known have 100 KiB. As above."""

    xml_depth: int = 128
    """Levels of an XML document. The deepest of the standard have ten, and vendors add a few; more would
    only exhaust the stack of what walks a tree by recursion, as `copy.deepcopy` does.
    UpnpXmlContentError."""

    xml_elements: int = 100_000
    """Elements of an XML document. A service with hundreds of actions has ten thousand, a folder with
    thousands of items fifty thousand; in the 16 MiB of an answer there is room for four million, which
    would take two GiB. UpnpXmlContentError."""

    xml_tag_length: int = 512 * 1024
    """Characters of a start tag with its attributes. A LastChange has its values in attributes, of 64 KiB at
    most; a tag is read at once, and in the 16 MiB of an answer there is room for a million attributes, which
    would take seconds. One of twice as many is refused for certain. UpnpXmlContentError."""

    device_depth: int = 16
    """Levels of devices in a description. The deepest of the standard, the Internet gateway, has three;
    more would exhaust the stack of whoever climbs the tree. What is below is left out, or an error if read
    strictly."""

    embedded_devices: int = 64
    """Devices in one description, the root device included. Gateways with several WAN connections have
    about ten. The rest is left out, or an error if read strictly."""

    services: int = 256
    """Services in one description, all devices together. Gateways have some thirty. Each costs us a
    request, so a forged description could have us send thousands. The rest as above."""

    scpd_requests: int = 4
    """Requests for service descriptions under way at one host. Ten services then take three round trips
    instead of ten; routers and old renderers serve a few connections at a time, and drop what comes
    beyond."""

    diagnostics: int = 100
    """Diagnostics kept of one document, and of one device, service or action at run time: enough to see
    what is wrong with it. A forged document could have as many as it has elements. The rest is not kept."""

    diagnostic_length: int = 400
    """Characters of one diagnostic: a sentence, and what it quotes. The rest is cut."""

    descriptions: int = 512
    """Descriptions in a `DescriptionCache`. A large home has some hundred locations of a few ten KiB each.
    The one that was not asked for the longest leaves, and is fetched again if need be."""

    # ---- ch. 3, control, and all of HTTP

    response_bytes: int = 16 * MIB
    """Bytes of any other answer. Browsing a large folder gives some MiB; more stops a device that never
    ends, and costs an answer that nothing here could use. UpnpCommunicationError."""

    redirects: int = 5
    """Redirects that a GET or HEAD follows: presentation pages and media servers use one or two, a loop
    ends here in UpnpCommunicationError. Other requests follow none: a device that moves its control URL
    says so."""

    # ---- ch. 4, eventing

    notify_bytes: int = MIB
    """Bytes of an event. A LastChange with metadata has 10 KiB, a list of protocols 64 KiB; anybody on the
    network can send. The sender of more gets 413."""

    notify_seconds: int = 30
    """Seconds within which an event is to have come whole, as a device has to have our answer (UDA 2.0
    §4.3.2); also those for which a connection may be idle. Who trickles would hold it for ever. It is
    closed."""

    notify_connections: int = 256
    """Connections to the notify server. Devices hold one each while they send; a hundred at a time are a
    lot. A further one is closed at once, and the device sends its event again or the next one."""

    connections_per_host: int = 128
    """Connections to a server of ours, of either kind, from one address: a bridge that speaks for many
    devices, or a machine with many control points, has some ten at a time. A further one is closed at once,
    so that others find room beside who holds on to what he opens."""

    backlog_seconds: int = 30
    """Seconds that an event for an unknown SID is kept: a device answers SUBSCRIBE within 30 s (UDA 2.0
    §4.1.2), so an older one belongs to nobody here. What is dropped is the past of a subscription that is
    not ours."""

    backlog_sids: int = 64
    """Unknown SIDs at a time: a device with ten services has ten, and a house has a few devices that start
    together. The next is refused with 412, and its device sends the event again or the next one."""

    backlog_events: int = 16
    """Events per unknown SID: the initial one, and those that follow during SUBSCRIBE. As above."""

    backlog_size: int = 4 * MIB
    """Characters of the events of all unknown SIDs: anybody can send, and an initial event rarely has more
    than 64 KiB. As above."""

    former_sids: int = 64
    """SIDs that go on naming one subscription: more than it can be made anew between two renewals of its
    holder. The oldest is forgotten first, and its holder then gets the KeyError of an unknown SID."""

    # ---- profiles

    port_mappings: int = 2048
    """Port mappings of a gateway that are asked for one by one. Gateways hold some hundred; one whose list
    has neither an end nor repeats would have us ask for 65,536. The rest is not listed."""

    gateways: int = 16
    """Gateways that are described and asked when the right one is looked for. A home has one or two; each
    answer to a search, forged ones too, would cost some twenty requests. The rest is left out."""
    # ---- the device side

    request_bytes: int = MIB
    """Bytes of a request to a server of ours. A call with metadata has some ten KiB; anybody on the network
    can send. The sender of more gets 413."""

    request_seconds: int = 30
    """Seconds within which a request to a server of ours is to have come whole, as it is to be answered
    within as many (UDA 2.0 §3.2); also those for which a connection may be idle. It is closed."""

    request_connections: int = 256
    """Connections to a server of ours. Control points hold one or two each, players some more while they
    fetch pictures. A further one is closed at once."""

    action_seconds: int = 25
    """Seconds that an author's method may take: control points give up after 30, in which the answer has to
    travel too (UDA 2.0 §3.2). It is cancelled, and the call refused with 501."""

    subscribers: int = 256
    """Subscribers of one service: several for each control point of a large house. Each costs a request per
    event. The next is refused with 503, and may come again when others have gone."""

    subscribers_per_host: int = 128
    """Subscribers of one service at one address: the applications of a machine and what they left behind when
    they crashed, or a network of control points behind one router. The next is refused with 503 until some
    have expired; others find room beside them."""

    subscriber_events: int = 64
    """Events that wait for one subscriber who is slow to take them: those of some seconds. Beyond, the oldest
    is not sent to him; the gap in SEQ tells, and he subscribes anew."""

    subscription_seconds: int = 24 * 60 * 60
    """Seconds that a subscription is granted at most: more would keep one whose owner is gone."""

    callback_urls: int = 8
    """URLs in a CALLBACK: one per address of the subscriber. More is refused with 412, as it could only be
    meant to have us try many."""

    searches: int = 256
    """Searches that are being answered at one socket: each takes up to five seconds, and a network with a
    hundred control points that all start together has fewer. The next is not answered; searches are sent
    more than once."""

    # ---- what follows from any of them

    callbacks: int = 4096
    """Coroutine callbacks under way at one owner. They end within a moment as a rule; one that waits for
    the network, started by each message of a flood, would take a task each. A further call is not made,
    with a line in the log: that message is missed, the next is told."""

    log_reasons: int = 1024
    """Pairs of reason and sender of whom the log remembers that it told: a house has fewer devices, a flood
    from forged addresses has millions. Beyond, what is new is not told until an hour has gone."""


DEFAULT_LIMITS: Final = Limits()
"""What holds where nobody says otherwise."""
