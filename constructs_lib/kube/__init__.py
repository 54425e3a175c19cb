"""Pure functions that return bodies of Kubernetes objects; no constructs, no scope, no state."""
