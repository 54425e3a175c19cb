"""Pictures of who connects to whom, in the pages that show them.

``python -m apps.pictures`` draws them anew, from the systems as ``prod`` has them.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from apps import charts
from apps.environments import PROD
from constructs_lib.service import dependency_picture

_PROJECT: Final = Path(__file__).parents[1]

PAGES: Final = (_PROJECT / "README.md", _PROJECT / "docs" / "dependencies.md")
"""Pages with pictures, each between two comments: ``picture: <app>`` and ``end of picture``."""

_BLOCK: Final = re.compile(
    r"(<!-- picture: (?P<app>[a-z-]+) -->\n).*?(<!-- end of picture -->)", flags=re.DOTALL
)


def pictures() -> Mapping[str, str]:
    """The picture of each app that has workloads, in Mermaid."""
    drawn = {chart.app_name: dependency_picture(chart) for chart in charts(PROD)}
    return {app: picture for app, picture in drawn.items() if "-->" in picture}


def refreshed(page: str, drawn: Mapping[str, str]) -> str:
    """``page`` with each of its pictures as it is ``drawn`` now."""

    def block(match: re.Match[str]) -> str:
        return f"{match[1]}\n```mermaid\n{drawn[match['app']]}```\n\n{match[3]}"

    return _BLOCK.sub(block, page)


if __name__ == "__main__":
    now = pictures()
    for path in PAGES:
        path.write_text(refreshed(path.read_text(encoding="utf-8"), now), encoding="utf-8")
