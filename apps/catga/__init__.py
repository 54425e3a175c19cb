"""catga: order processing over NATS."""
