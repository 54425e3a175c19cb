"""Writers: clients that write one number after another through the name that a store is reached
by, and note every write that has been acknowledged.

`writer.py` runs one beside a test, `program.py` is what runs in a client pod, `engines.py` says how
each engine is written to, and `outages.py` tells from the notes how long nothing was accepted and
by how many at once.
"""
