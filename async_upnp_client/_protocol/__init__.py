"""What the UPnP Device Architecture puts on the wire: text <-> record, one module per chapter.

No socket, no loop, no clock (``now`` is an argument), so that both sides can share it and tests need nothing.

==============================  =================================================================
chapter of UDA 2.0              module
==============================  =================================================================
1 Discovery                     ``discovery``, ``ssdp_message``: SSDP messages, both ways
1 Discovery, who is here        ``tracker``, ``ssdp_device``: what announcements and answers add up to
2 Description                   ``description``: the device document; ``service_description``: the SCPD
2.5 State variables             ``values``: what a state variable may hold
3 Control                       ``control``: SOAP call, answer and fault
4 Eventing                      ``eventing``, ``event_intake``: SUBSCRIBE, NOTIFY, and what has arrived
==============================  =================================================================
"""
