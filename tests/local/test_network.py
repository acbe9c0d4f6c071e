"""What a function's sockets reach: what its VPC leads to, and nothing else."""

import http.server
import json
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cloudshelf.local.lambdas.environment import FunctionConfig
from cloudshelf.local.lambdas.function import Function
from cloudshelf.local.network.guard import Network
from cloudshelf.local.network.reach import Reach, inside, outside
from cloudshelf.local.network.vpc import ANYWHERE, GatewayEndpoint, Listener, Placement, Rule, Vpc
from components import artifact
from components.vendor import vendor

REGION, APIS = "us-east-1", 4566
DATABASE, DYNAMODB, SSM = "db.example:5432", f"dynamodb.{REGION}.amazonaws.com:443", f"ssm.{REGION}.amazonaws.com:443"
PLACE = Placement(subnets=frozenset({"subnet-1", "subnet-2"}), groups=frozenset({"sg-function"}))


def rule(group: str, peer: str, *, egress: bool, port: int = 5432) -> Rule:
    return Rule(group=group, egress=egress, peer=peer, first_port=port, last_port=port)


def vpc(*rules: Rule, listeners: tuple[Listener, ...] = ()) -> Vpc:
    database = Listener(
        what="the database", host="db.example", port=5432, groups=frozenset({"sg-rds"}), local_port=6000
    )
    return Vpc(rules=list(rules), listeners=[database, *listeners])


def reached(network: Vpc, placement: Placement = PLACE) -> Reach:
    return inside(network, placement, REGION, APIS)


OUT, IN = rule("sg-function", "sg-rds", egress=True), rule("sg-rds", "sg-function", egress=False)


def test_the_database_is_reached_where_both_ends_say_so() -> None:
    assert reached(vpc(OUT, IN)).ways == {DATABASE: 6000}


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ((IN,), "leads out to the database"),
        ((OUT,), "lets the function in"),
        ((rule("sg-function", "sg-rds", egress=True, port=5433), IN), "leads out"),
        ((OUT, rule("sg-rds", "sg-function", egress=False, port=5433)), "lets the function in"),
        ((rule("sg-other", "sg-rds", egress=True), IN), "leads out"),
    ],
)
def test_a_missing_rule_is_named(rules: tuple[Rule, ...], said: str) -> None:
    reach = reached(vpc(*rules))
    assert DATABASE not in reach
    assert said in reach.refused[DATABASE]


TO_PREFIX_LIST = rule("sg-function", "pl-dynamodb", egress=True, port=443)


def gateway_endpoint(*tables: str) -> GatewayEndpoint:
    return GatewayEndpoint(
        service="dynamodb", prefix_list="pl-dynamodb", route_tables=frozenset(tables), policy={"Statement": []}
    )


def test_dynamodb_is_reached_through_its_gateway_endpoint_by_every_subnet() -> None:
    network = vpc(TO_PREFIX_LIST)
    network.route_tables = {"subnet-1": "rtb-1", "subnet-2": "rtb-2"}
    network.gateway_endpoints = [gateway_endpoint("rtb-1")]
    assert DYNAMODB not in reached(network)
    assert network.policies(PLACE, "dynamodb") == []
    network.gateway_endpoints = [gateway_endpoint("rtb-1", "rtb-2")]
    assert reached(network).ways == {DYNAMODB: APIS}
    assert network.policies(PLACE, "dynamodb") == [{"Statement": []}]
    network.rules.clear()
    assert DYNAMODB not in reached(network)


def test_a_nat_gateway_leads_to_the_internet_on_the_ports_a_group_opens() -> None:
    network = vpc(rule("sg-function", ANYWHERE, egress=True, port=443))
    network.route_tables = {"subnet-1": "rtb-1", "subnet-2": "rtb-2"}
    network.nat_routes = {"rtb-1"}
    assert reached(network).internet == []
    network.nat_routes = {"rtb-1", "rtb-2"}
    assert reached(network).internet == [(443, 443)]
    assert {DYNAMODB, SSM} <= reached(network).ways.keys()


def test_an_interface_endpoint_takes_in_whom_its_group_admits() -> None:
    endpoint = Listener(
        what="the endpoint of ssm",
        host=SSM.partition(":")[0],
        port=443,
        groups=frozenset({"sg-endpoints"}),
        local_port=APIS,
    )
    out = rule("sg-function", "sg-endpoints", egress=True, port=443)
    assert SSM not in reached(vpc(out, listeners=(endpoint,)))
    network = vpc(out, rule("sg-endpoints", "sg-function", egress=False, port=443), listeners=(endpoint,))
    assert reached(network).ways == {SSM: APIS}


def test_a_function_outside_the_vpc_reaches_aws_and_no_database() -> None:
    reach = outside(vpc(OUT, IN), REGION, APIS)
    assert {DYNAMODB, SSM} <= reach.ways.keys()
    assert "no public address" in reach.refused[DATABASE]


HANDLER = """
import http.client, socket, ssl, urllib.request
def handler(event, context):
    try:
        match event["do"]:
            case "get":
                with urllib.request.urlopen(event["url"], timeout=5) as reply: return {"got": reply.read().decode()}
            case "connect":
                with socket.create_connection((event["host"], event["port"]), 5) as made: return {"got": 1}
            case "connect_ex":
                with socket.socket() as made: return {"got": made.connect_ex((event["host"], event["port"]))}
            case "unix":
                with socket.socket(socket.AF_UNIX) as made: made.connect(event["path"]); return {"got": True}
            case "sendto":
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
                    return {"got": made.sendto(b"x", (event["host"], event["port"]))}
    except OSError as error:
        return {"error": type(error).__name__, "told": str(error)}
"""


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"{self.headers['Host']}{self.path}".encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def here() -> Iterator[int]:
    """Of a server on this machine."""
    server = http.server.HTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


Ask = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory, here: int) -> Iterator[Ask]:
    """Runs the handler in a VPC from which only the database leads anywhere."""
    folder = tmp_path_factory.mktemp("task")
    (folder / "app.py").write_text(HANDLER)
    config = FunctionConfig(
        name="shop",
        arn="arn:aws:lambda:us-east-1:1:function:shop",
        handler="app.handler",
        task_root=folder,
        runtime_root=vendor((artifact.FUNCTIONS / "requirements-runtime.txt",), artifact.HOST),
        timeout_seconds=20,
        memory_mb=128,
        variables={},
        log_file=folder / "shop.log",
    )
    network = vpc(OUT, IN)
    network.listeners = [
        Listener(what="the database", host="db.example", port=5432, groups=frozenset({"sg-rds"}), local_port=here),
        Listener(what="the other", host="other.example", port=5432, groups=frozenset({"sg-x"}), local_port=here),
    ]
    function = Function(config, {"AWS_DEFAULT_REGION": REGION}, lambda: reached(network))

    def run(do: str, **event: Any) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(function.invoke(json.dumps({"do": do, **event}).encode()))
        return answer

    yield run
    function.close()


def test_a_declared_way_leads_there_under_the_name_it_has_on_aws(ask: Ask) -> None:
    assert ask("get", url="http://db.example:5432/page")["got"] == "db.example:5432/page"


@pytest.mark.parametrize(
    ("host", "port", "said"),
    [
        ("db.example", 5433, "no route to the internet"),
        ("other.example", 5432, "leads out to the other"),
        (f"dynamodb.{REGION}.amazonaws.com", 443, "neither an endpoint nor a NAT gateway leads to dynamodb"),
        (f"sqs.{REGION}.amazonaws.com", 443, "does not offer this service"),
        ("example.com", 443, "no route to the internet"),
        ("93.184.216.34", 443, "no route to the internet"),
        ("2606:2800:220:1::1", 443, "no route to the internet"),
        ("10.0.0.5", 5432, "no route to the internet"),
        ("169.254.169.254", 80, "no route to the internet"),
    ],
)
def test_everything_else_is_a_time_out_that_says_what_is_missing(ask: Ask, host: str, port: int, said: str) -> None:
    answer = ask("connect", host=host, port=port)
    assert answer["error"] == "TimeoutError", answer
    assert said in answer["told"]
    assert f"{host}:{port}" in answer["told"]
    assert ask("connect_ex", host=host, port=port).get("got") != 0


def test_this_machine_is_not_the_functions_own(ask: Ask, here: int, tmp_path: Path) -> None:
    for host in ("127.0.0.1", "localhost"):
        assert ask("connect", host=host, port=here)["error"] == "ConnectionRefusedError"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket"))
        listening.listen()
        assert ask("unix", path=str(tmp_path / "socket"))["error"] == "FileNotFoundError"
    assert ask("sendto", host="8.8.8.8", port=53)["error"] == "TimeoutError"


def test_a_bucket_is_reached_as_s3_is_under_a_host_of_its_own() -> None:
    network = Network(
        {**vars(Reach()), "unserved": ".amazonaws.com", "ways": {f"s3.{REGION}.amazonaws.com:443": APIS}}, ""
    )
    assert network.destination((f"exports.s3.{REGION}.amazonaws.com", 443)) == ("127.0.0.1", APIS)
    with pytest.raises(TimeoutError, match="does not offer this service"):
        network.destination((f"exports.sqs.{REGION}.amazonaws.com", 443))


def test_a_peering_leads_to_the_accounts_other_databases_for_whom_groups_let_through() -> None:
    other = Listener(what="the other", host="other.example", port=5432, groups=frozenset({"sg-other"}), local_port=6001)
    rules = (OUT, IN, rule("sg-function", "sg-other", egress=True), rule("sg-other", "sg-function", egress=False))
    assert reached(vpc(*rules, listeners=(other,))).ways == {DATABASE: 6000, "other.example:5432": 6001}
    assert "other.example:5432" not in reached(vpc(OUT, IN, listeners=(other,)))
