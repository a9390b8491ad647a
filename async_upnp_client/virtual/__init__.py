"""Virtual devices, built on ``async_upnp_client.server`` alone, for demonstrations and tests.

``virtual.gateway`` is an Internet gateway.
"""
