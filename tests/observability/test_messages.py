"""Messages lead to pages that whoever reads them can open."""

from dataclasses import replace

from constructs_lib.observability import Alertmanager, Email, ObservabilityStackProps, Routing
from tests.observability.stack_cases import GRAFANA, OPERATED, full, objects_of, operator
from tests.store.rendering import of_kind


def _said(props: ObservabilityStackProps) -> str:
    data = of_kind(objects_of(props), "ConfigMap", "alertmanager-files")["data"]
    (text,) = [text for name, text in data.items() if name.endswith("messages.tmpl")]
    return str(text)


def test_messages_lead_to_grafanas_silences_where_people_reach_grafana() -> None:
    public = replace(GRAFANA, url="https://example.com/grafana/")
    props = replace(full(), grafana=public)
    given = props.alertmanager
    assert given is not None

    page = "https://example.com/grafana/alerting/silences?alertmanager=Alertmanager"
    assert f"Silence it: {page}\n" in _said(props)
    data = of_kind(objects_of(props), "ConfigMap", "grafana-files")["data"]
    assert [text for text in data.values() if "name: Alertmanager\n" in text]
    # Somebody may have a page of their own.
    own = replace(given, silences_url="https://silences.example.com/")
    assert "Silence it: https://silences.example.com/\n" in _said(replace(props, alertmanager=own))


def test_messages_lead_to_alertmanager_where_people_reach_that() -> None:
    given = full().alertmanager
    assert given is not None
    public = replace(given, external_url="https://alerts.example.com")

    said = _said(replace(full(), alertmanager=public))
    assert "Silence it: https://alerts.example.com/#/silences/new\n" in said


def test_messages_name_no_page_that_nobody_reaches() -> None:
    said = _said(full())

    assert "Silence it" not in said
    assert "ExternalURL" not in said


def test_messages_of_the_operators_form_name_the_page_that_is_given() -> None:
    given = operator().alertmanager
    assert given is not None
    mail = Email(to=("a@example.com",), sender="b@example.com", smarthost="mail.example.com:587")
    told = replace(given, routing=Routing(receivers={"mail": mail}, default="mail"))
    public = replace(told, external_url="https://alerts.example.com")

    def text(alertmanager: Alertmanager) -> str:
        props = replace(operator(), alertmanager=alertmanager)
        routes = of_kind(objects_of(props, OPERATED), "AlertmanagerConfig")["spec"]
        return str(routes["receivers"][-1]["emailConfigs"][0]["text"])

    assert "Silence it" not in text(told)
    assert "Silence it: https://alerts.example.com/#/silences/new\n" in text(public)
