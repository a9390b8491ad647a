"""Names of OpenHome: services, their ids, types of sources, and the actions of each service (row O-001).

Every mixin takes its words from here; ``variables`` has those of state variables.
"""

from enum import StrEnum


class Service(StrEnum):
    """The services of a player, by the alias of each: the last part of its service id."""

    CREDENTIALS = "Credentials"
    INFO = "Info"
    PINS = "Pins"
    PLAYLIST = "Playlist"
    PRODUCT = "Product"
    RADIO = "Radio"
    RECEIVER = "Receiver"
    SENDER = "Sender"
    TIME = "Time"
    TRANSPORT = "Transport"
    UPDATE = "Update"
    VOLUME = "Volume"


class ServiceId(StrEnum):
    """The ids of services."""

    CREDENTIALS = "urn:av-openhome-org:serviceId:Credentials"
    INFO = "urn:av-openhome-org:serviceId:Info"
    PINS = "urn:av-openhome-org:serviceId:Pins"
    PLAYLIST = "urn:av-openhome-org:serviceId:Playlist"
    PLAYLISTMANAGER = "urn:av-openhome-org:serviceId:PlaylistManager"
    PRODUCT = "urn:av-openhome-org:serviceId:Product"
    RADIO = "urn:av-openhome-org:serviceId:Radio"
    RECEIVER = "urn:av-openhome-org:serviceId:Receiver"
    SENDER = "urn:av-openhome-org:serviceId:Sender"
    TIME = "urn:av-openhome-org:serviceId:Time"
    TRANSPORT = "urn:av-openhome-org:serviceId:Transport"
    VOLUME = "urn:av-openhome-org:serviceId:Volume"
    DIAGNOSTICS = "urn:linn-co-uk:serviceId:Diagnostics"
    PRIVACY = "urn:linn-co-uk:serviceId:Privacy"
    UPDATE = "urn:linn-co-uk:serviceId:Update"
    VOLKANO = "urn:linn-co-uk:serviceId:Volkano"


class ProductSourceType(StrEnum):
    """The types of sources."""

    ANALOG = "Analog"
    DIGITAL = "Digital"
    HDMI = "Hdmi"
    NETAUX = "NetAux"
    PLAYLIST = "Playlist"
    RADIO = "Radio"
    RECEIVER = "Receiver"
    UPNPAV = "UpnpAv"


class Credentials(StrEnum):
    """Actions of the service Credentials."""

    SET = "Set"
    CLEAR = "Clear"
    SET_ENABLED = "SetEnabled"
    GET = "Get"
    LOGIN = "Login"
    RE_LOGIN = "ReLogin"
    GET_IDS = "GetIds"
    GET_PUBLIC_KEY = "GetPublicKey"
    GET_SEQUENCE_NUMBER = "GetSequenceNumber"


class Info(StrEnum):
    """Actions of the service Info."""

    COUNTERS = "Counters"
    TRACK = "Track"
    DETAILS = "Details"
    METATEXT = "Metatext"


class Pins(StrEnum):
    """Actions of the service Pins."""

    GET_DEVICE_MAX = "GetDeviceMax"
    GET_ACCOUNT_MAX = "GetAccountMax"
    GET_MODES = "GetModes"
    GET_ID_ARRAY = "GetIdArray"
    GET_CLOUD_CONNECTED = "GetCloudConnected"
    READ_LIST = "ReadList"
    INVOKE_ID = "InvokeId"
    INVOKE_INDEX = "InvokeIndex"
    INVOKE_URI = "InvokeUri"
    SET_DEVICE = "SetDevice"
    SET_ACCOUNT = "SetAccount"
    CLEAR = "Clear"
    SWAP = "Swap"


class Playlist(StrEnum):
    """Actions of the service Playlist."""

    PLAY = "Play"
    PAUSE = "Pause"
    STOP = "Stop"
    NEXT = "Next"
    PREVIOUS = "Previous"
    SET_REPEAT = "SetRepeat"
    REPEAT = "Repeat"
    SET_SHUFFLE = "SetShuffle"
    SHUFFLE = "Shuffle"
    SEEK_SECOND_ABSOLUTE = "SeekSecondAbsolute"
    SEEK_SECOND_RELATIVE = "SeekSecondRelative"
    SEEK_ID = "SeekId"
    SEEK_INDEX = "SeekIndex"
    TRANSPORT_STATE = "TransportState"
    ID = "Id"
    READ = "Read"
    READ_LIST = "ReadList"
    INSERT = "Insert"
    DELETE_ID = "DeleteId"
    DELETE_ALL = "DeleteAll"
    TRACKS_MAX = "TracksMax"
    ID_ARRAY = "IdArray"
    ID_ARRAY_CHANGED = "IdArrayChanged"
    PROTOCOL_INFO = "ProtocolInfo"


class Product(StrEnum):
    """Actions of the service Product."""

    MANUFACTURER = "Manufacturer"
    MODEL = "Model"
    PRODUCT = "Product"
    STANDBY = "Standby"
    STANDBY_TRANSITIONING = "StandbyTransitioning"
    SET_STANDBY = "SetStandby"
    SOURCE_COUNT = "SourceCount"
    SOURCE_XML = "SourceXml"
    SOURCE_INDEX = "SourceIndex"
    SET_SOURCE_INDEX = "SetSourceIndex"
    SET_SOURCE_INDEX_BY_NAME = "SetSourceIndexByName"
    SET_SOURCE_BY_SYSTEM_NAME = "SetSourceBySystemName"
    SOURCE = "Source"
    ATTRIBUTES = "Attributes"
    SOURCE_XML_CHANGE_COUNT = "SourceXmlChangeCount"
    GET_IMAGE_URI = "GetImageUri"


class Radio(StrEnum):
    """Actions of the service Radio."""

    REFRESH_PRESETS = "RefreshPresets"
    PLAY = "Play"
    PAUSE = "Pause"
    STOP = "Stop"
    SEEK_SECOND_ABSOLUTE = "SeekSecondAbsolute"
    SEEK_SECOND_RELATIVE = "SeekSecondRelative"
    CHANNEL = "Channel"
    SET_CHANNEL = "SetChannel"
    TRANSPORT_STATE = "TransportState"
    ID = "Id"
    SET_ID = "SetId"
    READ = "Read"
    READ_LIST = "ReadList"
    ID_ARRAY = "IdArray"
    ID_ARRAY_CHANGED = "IdArrayChanged"
    CHANNELS_MAX = "ChannelsMax"
    PROTOCOL_INFO = "ProtocolInfo"


class Receiver(StrEnum):
    """Actions of the service Receiver."""

    PLAY = "Play"
    STOP = "Stop"
    SET_SENDER = "SetSender"
    SENDER = "Sender"
    PROTOCOL_INFO = "ProtocolInfo"
    TRANSPORT_STATE = "TransportState"


class Sender(StrEnum):
    """Actions of the service Sender."""

    PRESENTATION_URL = "PresentationUrl"
    METADATA = "Metadata"
    AUDIO = "Audio"
    STATUS = "Status"
    STATUS2 = "Status2"
    ENABLED = "Enabled"
    ATTRIBUTES = "Attributes"


class Time(StrEnum):
    """Actions of the service Time."""

    TIME = "Time"


class Transport(StrEnum):
    """Actions of the service Transport."""

    PLAY_AS = "PlayAs"
    PLAY = "Play"
    PAUSE = "Pause"
    STOP = "Stop"
    SKIP_NEXT = "SkipNext"
    SKIP_PREVIOUS = "SkipPrevious"
    SET_REPEAT = "SetRepeat"
    SET_SHUFFLE = "SetShuffle"
    SEEK_SECOND_ABSOLUTE = "SeekSecondAbsolute"
    SEEK_SECOND_RELATIVE = "SeekSecondRelative"
    TRANSPORT_STATE = "TransportState"
    MODES = "Modes"
    MODE_INFO = "ModeInfo"
    STREAM_INFO = "StreamInfo"
    STREAM_ID = "StreamId"
    REPEAT = "Repeat"
    SHUFFLE = "Shuffle"


class Update(StrEnum):
    """Actions of the service Update."""

    GET_SOFTWARE_STATUS = "GetSoftwareStatus"
    GET_EXECUTOR_STATUS = "GetExecutorStatus"
    GET_JOB_STATUS = "GetJobStatus"
    PUSH_MANIFEST = "PushManifest"
    PUSH_MANIFEST2 = "PushManifest2"
    APPLY = "Apply"
    APPLY2 = "Apply2"
    RECOVER = "Recover"
    RECOVER2 = "Recover2"
    RECOVER_KEEP_STORE = "RecoverKeepStore"
    RECOVER_KEEP_STORE2 = "RecoverKeepStore2"
    CHECK_NOW = "CheckNow"
    GET_RECOVER_SUPPORTED = "GetRecoverSupported"


class Volume(StrEnum):
    """Actions of the service Volume."""

    CHARACTERISTICS = "Characteristics"
    SET_VOLUME = "SetVolume"
    VOLUME_INC = "VolumeInc"
    VOLUME_DEC = "VolumeDec"
    SET_VOLUME_NO_UNMUTE = "SetVolumeNoUnmute"
    VOLUME_INC_NO_UNMUTE = "VolumeIncNoUnmute"
    VOLUME_DEC_NO_UNMUTE = "VolumeDecNoUnmute"
    VOLUME = "Volume"
    SET_BALANCE = "SetBalance"
    BALANCE_INC = "BalanceInc"
    BALANCE_DEC = "BalanceDec"
    BALANCE = "Balance"
    SET_FADE = "SetFade"
    FADE_INC = "FadeInc"
    FADE_DEC = "FadeDec"
    FADE = "Fade"
    SET_MUTE = "SetMute"
    MUTE = "Mute"
    VOLUME_LIMIT = "VolumeLimit"
    UNITY_GAIN = "UnityGain"
    VOLUME_OFFSET = "VolumeOffset"
    SET_VOLUME_OFFSET = "SetVolumeOffset"
    TRIM = "Trim"
    SET_TRIM = "SetTrim"
