import pytest

from constructs_lib.kube.workloads import Schedule


def problems(cron: str) -> list[str]:
    return [problem.why for problem in Schedule(cron=cron).problems()]


@pytest.mark.parametrize(
    "cron",
    [
        "0 3 * * *",
        "*/5 * * * *",
        "0,30 9-17 1-15/2 * MON-FRI",
        "0 0 1 jan,jul ?",
        "@daily",
        "@hourly",
        "@every 1h30m",
    ],
)
def test_schedules_of_the_controller_are_taken(cron: str) -> None:
    assert problems(cron) == []


@pytest.mark.parametrize(
    "cron",
    [
        "",
        "* * * *",
        "* * * * * *",
        "every day",
        "0 3 * * MONDAY",
        "@reboot",
        "@every day",
        "a * * * *",
    ],
)
def test_others_are_refused(cron: str) -> None:
    assert problems(cron) == ["is no schedule of five fields"]
