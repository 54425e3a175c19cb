"""What watches the systems: the stack that four of them share, and catga's own."""
