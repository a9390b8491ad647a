"""The words of AV services: states, play modes, DLNA's flags, and how far an action can be relied on.

For all modules of this package and for applications. Nothing here knows devices.
"""

from enum import Enum, IntFlag, auto


class DeviceState(Enum):
    """What a renderer does, in four words. Deprecated: ``TransportState`` tells more."""

    ON = 1
    PLAYING = 2
    PAUSED = 3
    IDLE = 4


class TransportState(str, Enum):
    """What a transport does (AVTransport:1 §2.2.1)."""

    STOPPED = "STOPPED"
    PLAYING = "PLAYING"
    TRANSITIONING = "TRANSITIONING"
    PAUSED_PLAYBACK = "PAUSED_PLAYBACK"
    PAUSED_RECORDING = "PAUSED_RECORDING"
    RECORDING = "RECORDING"
    NO_MEDIA_PRESENT = "NO_MEDIA_PRESENT"
    VENDOR_DEFINED = "VENDOR_DEFINED"
    """Whatever else a device says, and nothing at all."""


class PlayMode(str, Enum):
    """In which order a transport plays its tracks (AVTransport:1 §2.2.12)."""

    NORMAL = "NORMAL"
    SHUFFLE = "SHUFFLE"
    REPEAT_ONE = "REPEAT_ONE"
    REPEAT_ALL = "REPEAT_ALL"
    RANDOM = "RANDOM"
    DIRECT_1 = "DIRECT_1"
    INTRO = "INTRO"
    VENDOR_DEFINED = "VENDOR_DEFINED"
    """Whatever else a device says, and nothing at all."""


class DlnaOrgOp(Enum):
    """How a server lets one seek (DLNA.ORG_OP)."""

    NONE = 0
    RANGE = 0x01
    TIMESEEK = 0x10


class DlnaOrgCi(Enum):
    """Whether a server converts what it sends (DLNA.ORG_CI)."""

    NONE = 0
    TRANSCODED = 1


class DlnaOrgPs(Enum):
    """How fast a server can send (DLNA.ORG_PS)."""

    INVALID = 0
    NORMAL = 1


class DlnaOrgFlags(IntFlag):
    """What a server does with a resource (DLNA.ORG_FLAGS)."""

    SENDER_PACED = 1 << 31
    TIME_BASED_SEEK = 1 << 30
    BYTE_BASED_SEEK = 1 << 29
    PLAY_CONTAINER = 1 << 28
    S0_INCREASE = 1 << 27
    SN_INCREASE = 1 << 26
    RTSP_PAUSE = 1 << 25
    STREAMING_TRANSFER_MODE = 1 << 24
    INTERACTIVE_TRANSFERT_MODE = 1 << 23
    BACKGROUND_TRANSFERT_MODE = 1 << 22
    CONNECTION_STALL = 1 << 21
    DLNA_V15 = 1 << 20


class Capability(Enum):
    """What is known of an action: devices declare what they refuse, and the other way round."""

    DECLARED = auto()
    """CurrentTransportActions lists it."""
    UNDECLARED = auto()
    """CurrentTransportActions lists others only."""
    UNKNOWN = auto()
    """The device has the action, and does not say whether it can be called now."""
    REFUSED = auto()
    """The device refused it: for good (401, 602), or (701) until the state of its transport changes."""
    MISSING = auto()
    """The device has no such action."""


class ActionPolicy(Enum):
    """Whom to believe about the actions of a transport."""

    TRUST = auto()
    """The device: what it does not list is not sent, unless it lists nothing."""
    TRY = auto()
    """Experience: everything is sent that the device has not refused."""
    FORCE = auto()
    """Nobody: everything is sent that the device has."""
