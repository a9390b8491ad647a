"""DLNA: media renderers and media servers (UPnP AV).

So far this package holds the reader of the LastChange variable, by which AVTransport and
RenderingControl tell what has changed.
"""
