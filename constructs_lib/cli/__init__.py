"""The ``nova`` command; ``nova local`` runs what is rendered on a cluster of one's own machine.

Nothing of the library imports this package: it needs Typer and Rich, which come with the extra
``cli``. ``kubectl`` is the only program that it starts.
"""
