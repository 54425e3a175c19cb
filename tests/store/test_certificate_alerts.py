"""What an alert about a certificate says of it."""

from pathlib import Path

import pytest

from constructs_lib.kube.alerts import Alert, alert_rule
from constructs_lib.store.certificate_alerts import ENDS, EXPIRES
from tests.promtool import needs_promtool, rule_tests


@needs_promtool
@pytest.mark.parametrize(
    ("left", "told"),
    [
        (1_000_000, "It ends in 11d 13h 46m 40s, and has not been renewed."),
        (-3600, "It ends in -1h 0m 0s, and has not been renewed."),
        # Tests begin in 1970, so what ended then had ended as long before as it has by now.
        (-1_700_000_000, "It was never issued."),
    ],
)
def test_a_certificate_that_was_never_issued_does_not_end_decades_ago(
    left: int, told: str, tmp_path: Path
) -> None:
    ending = Alert(
        name="Ending",
        expression=f"{EXPIRES} - time() < 14 * 86400",
        lasts="1m",
        summary=f"It {ENDS}",
        action="Act.",
    )
    case = {
        "interval": "1m",
        "input_series": [{"series": EXPIRES, "values": f"{left + 300}x10"}],
        "alert_rule_test": [
            {
                "alertname": "Ending",
                "eval_time": "5m",
                "exp_alerts": [
                    {
                        "exp_labels": {"severity": "warning"},
                        "exp_annotations": {"summary": told, "description": "Act."},
                    }
                ],
            }
        ],
    }
    group = {"name": "certificates", "rules": [alert_rule(ending, {})]}
    assert rule_tests([group], [case], tmp_path) == ""
