"""CloudFront: behaviours, origins, certificate and headers of a distribution."""

from collections.abc import Iterator, Mapping
from typing import Any

from .. import tokens
from ..rules import alone, among
from ..stack import Resource, Stack, mappings

# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
ALL_VIEWER_EXCEPT_HOST_HEADER = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
A_YEAR_S = 31_536_000


def behaviours(distribution: Resource) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Path pattern, `*` for the default, and behaviour."""
    yield from (("*", each) for each in mappings(distribution.get("defaultCacheBehavior")))
    yield from ((each.get("pathPattern", "?"), each) for each in mappings(distribution.get("orderedCacheBehaviors")))


def _servers(distribution: Resource) -> dict[str, Mapping[str, Any]]:
    return {name: origin for name, origin in _origins(distribution).items() if origin.get("customOriginConfig")}


def _buckets(distribution: Resource) -> dict[str, Mapping[str, Any]]:
    return {name: origin for name, origin in _origins(distribution).items() if not origin.get("customOriginConfig")}


def _origins(distribution: Resource) -> dict[str, Mapping[str, Any]]:
    return {origin.get("originId", "?"): origin for origin in mappings(distribution.get("origins"))}


@alone
def https_only(distribution: Resource) -> Iterator[str]:
    for path, behaviour in behaviours(distribution):
        wanted = ("https-only",) if path.startswith("/api") else ("https-only", "redirect-to-https")
        if behaviour.get("viewerProtocolPolicy") not in wanted:
            yield f"{path} has viewerProtocolPolicy {behaviour.get('viewerProtocolPolicy')}: set it to {wanted[-1]}"


@alone
def modern_tls(distribution: Resource) -> Iterator[str]:
    version = str(distribution.get("viewerCertificate.minimumProtocolVersion"))
    if not version.startswith(("TLSv1.2", "TLSv1.3")):
        yield f"viewers may speak {version}, TLSv1 with CloudFront's own certificate: set minimumProtocolVersion"
    elif distribution.get("viewerCertificate.sslSupportMethod") != "sni-only":
        yield "viewerCertificate.sslSupportMethod is not sni-only: set it"


@alone
def certificate_of_its_own(distribution: Resource) -> Iterator[str]:
    if ":us-east-1:" not in str(distribution.get("viewerCertificate.acmCertificateArn")):
        yield "viewerCertificate.acmCertificateArn is no certificate of us-east-1, where CloudFront looks for it"


@alone
def tls_to_origins(distribution: Resource) -> Iterator[str]:
    for name, origin in _servers(distribution).items():
        config = origin["customOriginConfig"]
        if config.get("originProtocolPolicy") != "https-only":
            yield f"origin {name} is asked over {config.get('originProtocolPolicy')}: make it https-only"
        if list(config.get("originSslProtocols") or ()) != ["TLSv1.2"]:
            yield f"origin {name} may speak another TLS than 1.2: set originSslProtocols"


@alone
def signed_to_buckets(distribution: Resource) -> Iterator[str]:
    for name, origin in _buckets(distribution).items():
        identity = (origin.get("s3OriginConfig") or {}).get("originAccessIdentity")
        if not origin.get("originAccessControlId") or identity:
            yield f"origin {name} is read without an origin access control: set originAccessControlId only"
        if "s3-website" in origin.get("domainName", ""):
            yield f"origin {name} is a public website endpoint: take bucketRegionalDomainName"


@among
def own_buckets(distribution: Resource, stack: Stack) -> Iterator[str]:
    if distribution.get("enabled") is not True:
        yield "enabled is not true: set it"
    if _buckets(distribution) and not stack.sources(distribution, "origins", tokens.BUCKET):
        yield "no origin is a bucket of this stack: whoever takes a bucket's name over would serve the site"


@among
def global_firewall(distribution: Resource, stack: Stack) -> Iterator[str]:
    acls = stack.sources(distribution, "webAclId", tokens.WEB_ACL)
    if not acls:
        yield "webAclId is no web ACL of this stack: add one"
    for acl in acls:
        if acl.get("scope") != "CLOUDFRONT":
            yield f"{acl.name} is of scope {acl.get('scope')}: make it CLOUDFRONT"
    if acls and not str(distribution.get("webAclId")).startswith("arn:"):
        yield "webAclId is an id: CloudFront wants the ARN of a WAFv2 ACL"


@among
def access_logged(distribution: Resource, stack: Stack) -> Iterator[str]:
    deliveries = stack.users(distribution, tokens.LOG_DELIVERY_SOURCE, "resourceArn")
    if not distribution.get("loggingConfig.bucket") and not deliveries:
        yield "nobody keeps its access log: add a log delivery"


@alone
def secure_headers(headers: Resource) -> Iterator[str]:
    config = "securityHeadersConfig"
    transport = headers.get(f"{config}.strictTransportSecurity") or {}
    if int(transport.get("accessControlMaxAgeSec", 0)) < A_YEAR_S or not transport.get("override"):
        yield f"{config}.strictTransportSecurity lasts less than a year, or an origin may override it"
    if not headers.get(f"{config}.contentTypeOptions.override"):
        yield f"{config}.contentTypeOptions is not set: set override"
    if headers.get(f"{config}.frameOptions.frameOption") != "DENY":
        yield f"{config}.frameOptions lets other sites frame the shop: set DENY"
    if not headers.get(f"{config}.contentSecurityPolicy.contentSecurityPolicy"):
        yield f"{config}.contentSecurityPolicy is not set: set one"


@alone
def headers_everywhere(distribution: Resource) -> Iterator[str]:
    for path, behaviour in behaviours(distribution):
        if not behaviour.get("responseHeadersPolicyId"):
            yield f"{path} has no response headers policy: set responseHeadersPolicyId"


@among
def answers_not_shared(distribution: Resource, stack: Stack) -> Iterator[str]:
    """What an API answers to one caller reaches no other, and the caller's token reaches the API."""
    apis = _servers(distribution)
    for path, behaviour in behaviours(distribution):
        if behaviour.get("targetOriginId") not in apis:
            continue
        own = stack.sources(distribution, "orderedCacheBehaviors", tokens.CACHE_POLICY)
        apart = behaviour.get("cachePolicyId") not in (CACHING_OPTIMIZED, None) and any(map(_keeps_apart, own))
        if behaviour.get("cachePolicyId") != CACHING_DISABLED and not apart:
            yield f"{path} is cached: key the cache by Authorization, and keep nothing that does not say it is public"
        if behaviour.get("originRequestPolicyId") != ALL_VIEWER_EXCEPT_HOST_HEADER:
            yield f"{path} loses the Authorization header: set originRequestPolicyId to AllViewerExceptHostHeader"


def _keeps_apart(policy: Resource) -> bool:
    """Whether a cache keeps what says it may be kept, for callers with the same token."""
    key = policy.get("parametersInCacheKeyAndForwardedToOrigin") or {}
    headers = ((key.get("headersConfig") or {}).get("headers") or {}).get("items") or ()
    return policy.get("minTtl") == policy.get("defaultTtl") == 0 and "Authorization" in headers


@alone
def countries_chosen(distribution: Resource) -> Iterator[str]:
    chosen = distribution.get("restrictions.geoRestriction") or {}
    if chosen.get("restrictionType") not in ("whitelist", "blacklist") or not chosen.get("locations"):
        yield "it serves every country: set restrictions.geoRestriction"
