"""The SAX handlers that 0.49.0 read LastChange with, for applications that use them on their own.

``last_change`` reads it here.
"""

from xml.sax.handler import ContentHandler, ErrorHandler
from xml.sax.xmlreader import AttributesImpl

from async_upnp_client.profiles.dlna.last_change import DEFAULT_INSTANCE


class DlnaDmrEventContentHandler(ContentHandler):
    """Collects the values of a LastChange: by variable, by instance, of the Master channel."""

    def __init__(self) -> None:
        super().__init__()
        self.changes: dict[str, dict[str, str]] = {}
        """What was found."""
        self._instance: str | None = None

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802  # the name SAX has
        """Take the value of an element, if it has one."""
        if "val" not in attrs.getNames():
            return
        if name == "InstanceID":
            self._instance = attrs.getValue("val")
            self.changes.setdefault(self._instance, {})
            return
        if "channel" in attrs.getNames() and attrs.getValue("channel") != "Master":
            return
        instance = DEFAULT_INSTANCE if self._instance is None else self._instance
        self.changes.setdefault(instance, {})[name.rpartition(":")[2]] = attrs.getValue("val")

    def endElement(self, name: str) -> None:  # noqa: N802  # the name SAX has
        """Leave an instance."""
        if name == "InstanceID":
            self._instance = None


class DlnaDmrEventErrorHandler(ErrorHandler):
    """Goes on after errors: what was read before them counts."""

    def error(self, exception: BaseException) -> None:  # type: ignore[override]  # SAX's own raise
        """Forgive an error."""

    def fatalError(self, exception: BaseException) -> None:  # type: ignore[override]  # noqa: N802
        """Forgive the error that ends the reading."""
