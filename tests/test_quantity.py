from decimal import Decimal

import pytest

from constructs_lib.quantity import cpu, memory, memory_problems, parse, quantity_problems


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", "1"),
        ("250m", "0.25"),
        ("1.5", "1.5"),
        ("100n", "0.0000001"),
        ("5u", "0.000005"),
        ("1k", "1000"),
        ("2M", "2000000"),
        ("1Ki", "1024"),
        ("1.5Gi", "1610612736"),
        ("1Pi", str(2**50)),
    ],
)
def test_quantities_are_read(text: str, number: str) -> None:
    assert parse(text) == Decimal(number)


@pytest.mark.parametrize("text", ["", "1 Gi", "1gi", "Gi", "-1", "1.", ".5", "1e3", "1KiB"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a quantity such as 250m"):
        parse(text)
    (problem,) = quantity_problems("cpu", text, example="250m")
    assert problem.fix == "write one such as '250m'"


@pytest.mark.parametrize(
    ("text", "canonical"),
    [("0.25", "250m"), ("1000m", "1"), ("1.5", "1500m"), ("0.0001", "1m"), ("2", "2")],
)
def test_cpu_has_one_form(text: str, canonical: str) -> None:
    assert cpu(parse(text)) == canonical


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("1024Mi", "1Gi"),
        ("1.5Gi", "1536Mi"),
        ("1000", "1000"),
        ("100M", "100000000"),
        ("0.5Ki", "512"),
        ("1500m", "2"),
        ("0", "0"),
        ("2Ti", "2Ti"),
    ],
)
def test_memory_has_one_form(text: str, canonical: str) -> None:
    assert memory(parse(text)) == canonical


@pytest.mark.parametrize(
    ("text", "why"),
    [("512m", "is 0.512 bytes"), ("512", "is 512 bytes"), ("0", "is nothing")],
)
def test_memory_that_nobody_can_have_meant_is_refused(text: str, why: str) -> None:
    assert why in [problem.why for problem in memory_problems("memory", text, example="512Mi")]


def test_a_kibibyte_is_enough() -> None:
    assert list(memory_problems("memory", "1Ki", example="512Mi")) == []
