"""Values of the wrong type are refused."""

import pytest

from constructs_lib.refs import Ports
from tests.service.refusals import Refusal, assert_refused, service, wrong

REFUSALS = {
    "string-for-number": Refusal(service(replicas="3"), "replicas = '3': is a str; write int"),
    "flag-for-number": Refusal(service(replicas=True), "replicas = True: is a bool; write int"),
    "dict-for-value": Refusal(
        service(autoscaling={"minimum": 1}),
        "autoscaling = {'minimum': 1}: is a dict, whose keys nobody would check; "
        "write Autoscaling or None, with named fields",
    ),
    "list-for-tuple": Refusal(
        service(command=["/app"]),
        "command = ['/app']: is a list, and values are immutable; write a tuple: (a, b) or (a,)",
    ),
    "string-for-tuple": Refusal(
        service(command="/app"), "command = '/app': is a str; write a tuple, also for one: (a,)"
    ),
    "string-for-image": Refusal(
        service(image="registry.example.com/orders:1"),
        "image = 'registry.example.com/orders:1': is a str; write Image or AppImage",
    ),
    "none-for-required": Refusal(
        service(image=None), "image = None: is None; write Image or AppImage"
    ),
    "wrong-member-of-tuple": Refusal(
        service(uses=("postgres",)),
        "uses = ('postgres',): does not hold what it should (a tuple of "
        "Endpoint or Binding); [0] is 'postgres'; write a tuple of Endpoint or Binding",
    ),
    "wrong-value-of-mapping": Refusal(
        service(settings={"RETRIES": 3}),
        "settings = {'RETRIES': 3}: does not hold what it should (a mapping of "
        "str to str); ['RETRIES'] is an int; write a mapping of str to str",
    ),
    "word-outside-choice": Refusal(
        service(spread="everywhere"),
        "spread = 'everywhere': is none of the choices; write 'hard' or 'soft' or 'off' or None",
    ),
    "port-number-as-string": Refusal(
        service(ports=Ports(http=wrong("8080"))),
        "ports['http'].number = '8080': is a str; write int",
    ),
    "number-for-port": Refusal(
        service(ports=Ports(wrong(8080))),
        "ports = (8080,): does not hold what it should (a tuple of Port); [0] is "
        "an int; write a tuple of Port",
    ),
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS.keys())
def test_is_refused(refusal: Refusal) -> None:
    assert_refused(refusal)
