"""The picture of who connects to whom."""

from dataclasses import replace

from constructs_lib.service import NovaService, dependency_picture
from tests.environments import BARE
from tests.service.cases import BROKER, CACHE, DATABASE, SERVICE, USERS
from tests.service.rendering import new_chart

PICTURE = """\
flowchart LR
  subgraph ns_shop["shop"]
    shop__orders["orders"]
    shop__web["web"]
  end
  subgraph ns_stores["stores"]
    stores__cache[("cache")]
  end
  subgraph ns_data["data"]
    data__postgres["postgres"]
  end
  subgraph ns_elsewhere["elsewhere"]
    elsewhere__broker(["broker"])
  end
  subgraph ns_accounts["accounts"]
    accounts__user_service["user-service"]
  end
  shop__orders -->|orders| stores__cache
  shop__orders --> data__postgres
  shop__orders --> elsewhere__broker
  shop__orders -.-> accounts__user_service
  shop__web -.-> shop__orders
"""


def test_what_is_declared_is_drawn() -> None:
    chart = new_chart(BARE)
    orders = NovaService(
        chart, "orders", replace(SERVICE, uses=(CACHE, DATABASE, BROKER), calls=(USERS,))
    )
    NovaService(chart, "web", replace(SERVICE, calls=(orders.endpoint("http"),)))

    assert dependency_picture(chart) == PICTURE
