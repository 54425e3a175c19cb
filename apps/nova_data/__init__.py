"""nova-data: the stores that other systems share, in one environment."""
