"""When a firewall alarms: many requests blocked at once."""

from components.alarms import Alarm

MANY = 100


def firewall_alarm(firewall_name: str, region: str) -> Alarm:
    """For the firewall of a stage; CloudFront's counts in its own region, where the alarm topic is not."""
    return Alarm(
        name="firewall-blocks",
        description=f"The API's firewall blocked more than {MANY} requests in five minutes.",
        namespace="AWS/WAFV2",
        metric="BlockedRequests",
        statistic="Sum",
        threshold=MANY,
        dimensions={"WebACL": firewall_name, "Region": region, "Rule": "ALL"},
    )
