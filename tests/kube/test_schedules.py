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
    "cron", ["", "* * * *", "* * * * * *", "every day", "@reboot", "@every day", "@every hhh"]
)
def test_others_are_refused(cron: str) -> None:
    assert problems(cron) == ["is no schedule of five fields"]


@pytest.mark.parametrize(
    ("cron", "why"),
    [
        ("60 * * * *", "has '60' for the minute"),
        ("a * * * *", "has 'a' for the minute"),
        ("*/0 * * * *", "has '*/0' for the minute"),
        ("0 24 * * *", "has '24' for the hour"),
        ("0 9-8 * * *", "has '9-8' for the hour"),
        ("0 3 0 * *", "has '0' for the day of month"),
        ("0 3 1,32 * *", "has '1,32' for the day of month"),
        ("0 3 * 13 *", "has '13' for the month"),
        ("0 3 * * 7", "has '7' for the day of week"),
        ("0 3 * * MONDAY", "has 'MONDAY' for the day of week"),
        ("0 3 * * fri-mon", "has 'fri-mon' for the day of week"),
    ],
)
def test_values_out_of_range_are_refused(cron: str, why: str) -> None:
    assert problems(cron) == [why]


def test_a_time_zone_is_one_that_exists() -> None:
    (problem,) = Schedule(cron="@daily", time_zone="Europe/Berln").problems()
    assert (problem.why, problem.fix) == ("is no time zone", "did you mean 'Europe/Berlin'?")
