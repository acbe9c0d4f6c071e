"""The shop's own host name: a certificate, and the zone's records."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

# CloudFront takes certificates and firewalls from this region alone.
CLOUDFRONT_REGION = "us-east-1"


@dataclass(frozen=True, kw_only=True)
class DomainArgs:
    """A host name in a Route 53 zone of this account."""

    host: str
    zone_id: str


class Domain(pulumi.ComponentResource):
    """`certificate_arn` is that of a certificate in force."""

    certificate_arn: pulumi.Output[str]

    def __init__(self, name: str, args: DomainArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:delivery:Domain", name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        certificate = aws.acm.Certificate(
            f"{name}-certificate",
            region=CLOUDFRONT_REGION,
            domain_name=args.host,
            validation_method="DNS",
            opts=self._child,
        )
        asked = certificate.domain_validation_options[0]
        proof = aws.route53.Record(
            f"{name}-proof",
            zone_id=args.zone_id,
            name=asked.resource_record_name,
            type=asked.resource_record_type,
            records=[asked.resource_record_value],
            ttl=60,
            allow_overwrite=True,
            opts=self._child,
        )
        validated = aws.acm.CertificateValidation(
            f"{name}-validated",
            region=CLOUDFRONT_REGION,
            certificate_arn=certificate.arn,
            validation_record_fqdns=[proof.fqdn],
            opts=self._child,
        )
        self.certificate_arn = validated.certificate_arn
        self.register_outputs({"certificate_arn": self.certificate_arn})

    def point_to(self, distribution: aws.cloudfront.Distribution) -> None:
        """Lets the host name lead to the distribution, for IPv4 and IPv6."""
        for kind in ("A", "AAAA"):
            aws.route53.Record(
                f"{self._name}-{kind.lower()}",
                zone_id=self._args.zone_id,
                name=self._args.host,
                type=kind,
                aliases=[
                    {
                        "name": distribution.domain_name,
                        "zone_id": distribution.hosted_zone_id,
                        "evaluate_target_health": False,
                    }
                ],
                opts=self._child,
            )
