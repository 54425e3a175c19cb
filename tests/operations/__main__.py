"""``python -m tests.operations`` writes the tables of ``docs/operations.md`` anew."""

from tests.operations.deployed import Deployed
from tests.operations.page import PAGE, refreshed
from tests.operations.tables import tables

if __name__ == "__main__":
    now = tables(Deployed.read())
    PAGE.write_text(refreshed(PAGE.read_text(encoding="utf-8"), now), encoding="utf-8")
