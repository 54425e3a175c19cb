"""What no slow machine excuses, so that no test that finds it is run again."""

from collections.abc import Iterator
from contextlib import contextmanager


class DataLostError(AssertionError):
    """Data that was acknowledged or backed up is gone or differs, or two servers took writes at
    once."""


@contextmanager
def about_data() -> Iterator[None]:
    """Have assertions inside raise `DataLostError`; what they compare has been read before."""
    try:
        yield
    except AssertionError as error:
        raise DataLostError(*error.args) from error
