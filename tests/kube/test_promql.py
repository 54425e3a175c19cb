"""Names of series are found in PromQL, and nothing else is taken for one."""

import pytest

from constructs_lib.kube.promql import metric_names

CASES = {
    "up": {"up"},
    'up{job="a b", pod=~"x-[0-9]+"} == 0': {"up"},
    "rate(http_requests_total[5m])": {"http_requests_total"},
    "sum by (pod, le) (rate(x_bucket[5m]))": {"x_bucket"},
    "sum(rate(x_bucket[5m])) by (le)": {"x_bucket"},
    "topk(5, a) or bottomk by (pod) (2, b)": {"a", "b"},
    "a / on (pod) group_left (version) b": {"a", "b"},
    "a and on () b unless ignoring(x) c": {"a", "b", "c"},
    "(count(a{b='c'} == 1) or vector(0)) < 3": {"a"},
    "service:requests:rate5m{service='x'} > 14.4 * 0.001": {"service:requests:rate5m"},
    "max_over_time(a[1h:5m] offset 1d) > bool 1e3": {"a"},
    "time() - a > 0x1f + Inf + NaN + .5": {"a"},
    'rate(a{pod=~"$pod"}[$__rate_interval])': {"a"},
    "rate(a[${__interval:csv}])": {"a"},
    'label_replace(a, "x", "$1", "y", "(.*)")': {"a"},
    '{__name__="a", b="c"}': {"a"},
    '{__name__=~"a.*"}': set(),
    '{"http.requests", b="c"}': {"http.requests"},
    "a # not b\n+ c": {"a", "c"},
    "a @ 1609746000 + b @ end()": {"a", "b"},
    "1 + 2": set(),
    'absent(a{b!="}"})': {"a"},
    "quantile(0.9, a) > quantile_over_time(0.9, b[1h])": {"a", "b"},
    "histogram_quantile(0.99, sum without (pod) (rate(a_bucket[5m])))": {"a_bucket"},
    'count_values("v", a)': {"a"},
}


@pytest.mark.parametrize("expression", CASES)
def test_names(expression: str) -> None:
    assert metric_names(expression) == CASES[expression]
