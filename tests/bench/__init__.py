"""What rendering costs: ``python -m tests.bench`` prints the table of docs/benchmarks.md."""
