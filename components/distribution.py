"""CloudFront in front of the site and the API: one host, so no cross-origin rules."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.migration.router import TARGET_ORIGIN, Router
from components.rest_api import RestApi
from components.site import HOME_PAGE, Site

SITE_ORIGIN, API_ORIGIN = "site", "api"
YEAR_SECONDS = 31_536_000
# Managed policies have the same id in every account:
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
ALL_VIEWER_EXCEPT_HOST_HEADER = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html
LEAST_TLS = "TLSv1.2_2021"
# The longest that the contract's public answers ask to be kept.
KEPT_SECONDS = 300
# What CloudFront would otherwise keep for ten seconds whatever the origin says, and give to anybody:
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html
ERRORS = (400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504)
READ = ["GET", "HEAD"]
EVERYTHING = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"]


@dataclass(frozen=True, kw_only=True)
class DistributionDomain:
    """A host name of the shop's own, and the certificate for it in CloudFront's region."""

    host: str
    certificate_arn: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class DistributionArgs:
    """`connect_sources` are hosts besides its own that pages may call. `countries` none lets everybody in.

    `firewall_arn` is a CLOUDFRONT firewall's, `realtime_logs_arn` a real-time log's; None does without. `router` sends
    some of the API's requests to another distribution.
    """

    prefix: str
    site: Site
    rest_api: RestApi
    connect_sources: list[str]
    domain: DistributionDomain | None = None
    firewall_arn: pulumi.Input[str] | None = None
    realtime_logs_arn: pulumi.Input[str] | None = None
    countries: Sequence[str] = ()
    router: Router | None = None


class Distribution(pulumi.ComponentResource):
    """`url` is where the shop opens."""

    url: pulumi.Output[str]
    arn: pulumi.Output[str]
    resource: aws.cloudfront.Distribution

    def __init__(self, name: str, args: DistributionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:edge:Distribution", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        access = aws.cloudfront.OriginAccessControl(
            f"{name}-access",
            name=f"{args.prefix}-site",
            origin_access_control_origin_type="s3",
            signing_behavior="always",
            signing_protocol="sigv4",
            opts=child,
        )
        headers = aws.cloudfront.ResponseHeadersPolicy(
            f"{name}-headers",
            name=f"{args.prefix}-security",
            security_headers_config=_security_headers(args.connect_sources),
            opts=child,
        )
        answers = aws.cloudfront.CachePolicy(
            f"{name}-answers",
            name=f"{args.prefix}-api",
            comment="Keeps and compresses what the API says is public, for as long as it says.",
            # An answer without Cache-Control is not kept.
            min_ttl=0,
            default_ttl=0,
            max_ttl=KEPT_SECONDS,
            parameters_in_cache_key_and_forwarded_to_origin={
                "query_strings_config": {"query_string_behavior": "all"},
                # Nobody is given an answer to somebody else, whatever it says.
                "headers_config": {"header_behavior": "whitelist", "headers": {"items": ["Authorization"]}},
                "cookies_config": {"cookie_behavior": "none"},
                "enable_accept_encoding_brotli": True,
                "enable_accept_encoding_gzip": True,
            },
            opts=child,
        )
        distribution = aws.cloudfront.Distribution(
            f"{name}-distribution",
            enabled=True,
            comment=args.prefix,
            http_version="http2and3",
            is_ipv6_enabled=True,
            price_class="PriceClass_100",
            default_root_object=HOME_PAGE,
            aliases=[args.domain.host] if args.domain else None,
            web_acl_id=args.firewall_arn,
            origins=[_site_origin(args.site, access), _api_origin(args.rest_api), *_target_origin(args.router)],
            default_cache_behavior={
                "target_origin_id": SITE_ORIGIN,
                "viewer_protocol_policy": "redirect-to-https",
                "allowed_methods": READ,
                "cached_methods": READ,
                "compress": True,
                "cache_policy_id": CACHING_OPTIMIZED,
                "response_headers_policy_id": headers.id,
                "realtime_log_config_arn": args.realtime_logs_arn,
            },
            ordered_cache_behaviors=[_api_behavior(args, headers, answers)],
            custom_error_responses=[{"error_code": code, "error_caching_min_ttl": 0} for code in ERRORS],
            restrictions={"geo_restriction": _geo_restriction(args.countries)},
            viewer_certificate=_certificate(args.domain),
            opts=child,
        )
        args.site.allow(distribution.arn)
        host = args.domain.host if args.domain else distribution.domain_name
        self.arn, self.url = distribution.arn, pulumi.Output.concat("https://", host)
        self.resource = distribution
        self.register_outputs({"url": self.url})


def content_security_policy(connect_sources: list[str]) -> str:
    """Scripts, styles and pictures from the shop alone; nothing inline; no framing."""
    directives = {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "manifest-src": ["'self'"],
        "connect-src": ["'self'", *connect_sources],
        "form-action": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in directives.items())


def _security_headers(
    connect_sources: list[str],
) -> aws.cloudfront.ResponseHeadersPolicySecurityHeadersConfigArgsDict:
    return {
        "content_security_policy": {
            "content_security_policy": content_security_policy(connect_sources),
            "override": True,
        },
        "content_type_options": {"override": True},
        "frame_options": {"frame_option": "DENY", "override": True},
        "referrer_policy": {"referrer_policy": "same-origin", "override": True},
        "strict_transport_security": {
            "access_control_max_age_sec": YEAR_SECONDS,
            "include_subdomains": True,
            "override": True,
        },
    }


def _geo_restriction(
    countries: Sequence[str],
) -> aws.cloudfront.DistributionRestrictionsGeoRestrictionArgsDict:
    if not countries:
        return {"restriction_type": "none"}
    return {"restriction_type": "whitelist", "locations": list(countries)}


def _certificate(domain: DistributionDomain | None) -> aws.cloudfront.DistributionViewerCertificateArgsDict:
    if domain is None:
        return {"cloudfront_default_certificate": True}
    return {
        "acm_certificate_arn": domain.certificate_arn,
        "ssl_support_method": "sni-only",
        "minimum_protocol_version": LEAST_TLS,
    }


def _site_origin(site: Site, access: aws.cloudfront.OriginAccessControl) -> aws.cloudfront.DistributionOriginArgsDict:
    return {
        "origin_id": SITE_ORIGIN,
        "domain_name": site.domain_name,
        "origin_access_control_id": access.id,
    }


def _api_origin(rest_api: RestApi) -> aws.cloudfront.DistributionOriginArgsDict:
    # A header of the viewer's of the same name is replaced by this one.
    key: list[aws.cloudfront.DistributionOriginCustomHeaderArgsDict] = (
        [{"name": "x-api-key", "value": rest_api.storefront_key}] if rest_api.storefront_key else []
    )
    return {
        "custom_headers": key,
        "origin_id": API_ORIGIN,
        "domain_name": rest_api.domain_name,
        "custom_origin_config": _over_tls(),
    }


def _target_origin(router: Router | None) -> list[aws.cloudfront.DistributionOriginArgsDict]:
    if router is None:
        return []
    return [
        {"origin_id": TARGET_ORIGIN, "domain_name": router.target_host, "custom_origin_config": _over_tls()},
    ]


def _over_tls() -> aws.cloudfront.DistributionOriginCustomOriginConfigArgsDict:
    return {
        "http_port": 80,
        "https_port": 443,
        "origin_protocol_policy": "https-only",
        "origin_ssl_protocols": ["TLSv1.2"],
    }


def _api_behavior(
    args: DistributionArgs, headers: aws.cloudfront.ResponseHeadersPolicy, answers: aws.cloudfront.CachePolicy
) -> aws.cloudfront.DistributionOrderedCacheBehaviorArgsDict:
    behavior: aws.cloudfront.DistributionOrderedCacheBehaviorArgsDict = {
        "path_pattern": f"/{args.rest_api.stage_path}/*",
        "target_origin_id": API_ORIGIN,
        "viewer_protocol_policy": "https-only",
        "allowed_methods": EVERYTHING,
        "cached_methods": READ,
        "compress": True,
        "cache_policy_id": answers.id,
        # An API Gateway endpoint refuses another host's name.
        "origin_request_policy_id": ALL_VIEWER_EXCEPT_HOST_HEADER,
        "response_headers_policy_id": headers.id,
        "realtime_log_config_arn": args.realtime_logs_arn,
    }
    return {**behavior, "function_associations": [_association(args.router)]} if args.router else behavior


def _association(router: Router) -> aws.cloudfront.DistributionOrderedCacheBehaviorFunctionAssociationArgsDict:
    return {"event_type": "viewer-request", "function_arn": router.function_arn}
