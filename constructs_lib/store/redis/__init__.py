"""Redis: alone, replicated, and under Sentinel."""
