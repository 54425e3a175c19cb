"""nova-messaging: a real-time service on its own, with its TURN server."""
