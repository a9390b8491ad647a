"""Internet gateways (InternetGatewayDevice:1 and :2): see what they say, open ports, watch the traffic."""
