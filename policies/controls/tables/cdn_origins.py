"""CloudFront, its origins and what stands before it: rows 22 to 25 and 28 to 30."""

from .. import tokens
from ..checks import edge
from ..control import Control
from ..mutants import GONE, Flip, Lose
from ..rules import among, each, equals, given, made_from
from ..stack import ENHANCED, PHASE1, PHASE2, PHASES

EARLY = (PHASE1, ENHANCED)
API_BEHAVIOUR = "orderedCacheBehaviors.0"

ROWS = (
    Control(
        id=22,
        title="CloudFront asks the API over TLS 1.2",
        sources="SH CloudFront.9, CloudFront.10; CKV2_AWS_72; NAG CFR5",
        types=(tokens.DISTRIBUTION,),
        musts=PHASES,
        checks=(each(tokens.DISTRIBUTION, edge.tls_to_origins),),
        mutants=(
            Flip(
                type=tokens.DISTRIBUTION,
                path="origins.1.customOriginConfig.originProtocolPolicy",
                value="match-viewer",
            ),
            Flip(type=tokens.DISTRIBUTION, path="origins.1.customOriginConfig.originSslProtocols", value=["TLSv1"]),
        ),
    ),
    Control(
        id=23,
        title="CloudFront signs what it reads from the private bucket",
        sources="SH CloudFront.13; CKV2_AWS_46; NAG CFR7, S5",
        types=(tokens.DISTRIBUTION,),
        musts=PHASES,
        checks=(
            each(tokens.DISTRIBUTION, edge.signed_to_buckets, made_from("origins", tokens.ORIGIN_ACCESS)),
            each(tokens.ORIGIN_ACCESS, equals("signingBehavior", "always"), equals("signingProtocol", "sigv4")),
            each(tokens.ORIGIN_IDENTITY, among(lambda *_: iter(["is a legacy identity: use an OriginAccessControl"]))),
        ),
        mutants=(
            Flip(type=tokens.DISTRIBUTION, path="origins.0.originAccessControlId", value=GONE),
            Flip(type=tokens.DISTRIBUTION, path="origins.0.domainName", value="b.s3-website-us-east-1.amazonaws.com"),
            Flip(type=tokens.ORIGIN_ACCESS, path="signingBehavior", value="never"),
        ),
    ),
    Control(
        id=24,
        title="A web ACL stands before CloudFront",
        sources="SH CloudFront.6; CKV_AWS_68, CKV2_AWS_47; NAG CFR2; TRV AWS-0011",
        types=(tokens.DISTRIBUTION,),
        musts=(PHASE2,),
        checks=(each(tokens.DISTRIBUTION, edge.global_firewall),),
        mutants=(
            Flip(type=tokens.DISTRIBUTION, path="webAclId", value=GONE),
            Flip(type=tokens.WEB_ACL, name="cdn", path="scope", value="REGIONAL"),
        ),
    ),
    Control(
        id=25,
        title="CloudFront's access log is kept",
        sources="SH CloudFront.5; CKV_AWS_86; NAG CFR3; TRV AWS-0010",
        types=(tokens.DISTRIBUTION,),
        musts=(PHASE2,),
        advised=EARLY,
        checks=(
            each(tokens.DISTRIBUTION, edge.access_logged),
            each(tokens.LOG_DELIVERY_SOURCE, equals("logType", "ACCESS_LOGS")),
        ),
        mutants=(
            Lose(type=tokens.LOG_DELIVERY_SOURCE),
            Flip(type=tokens.LOG_DELIVERY_SOURCE, path="logType", value="NOTHING"),
        ),
    ),
    Control(
        id=28,
        title="Another bucket serves the site when the first cannot",
        sources="SH CloudFront.4; CKV_AWS_310",
        types=(tokens.DISTRIBUTION,),
        advised=(PHASE2,),
        checks=(each(tokens.DISTRIBUTION, given("originGroups")),),
        mutants=(Flip(type=tokens.DISTRIBUTION, path="originGroups", value=[]),),
    ),
    Control(
        id=29,
        title="An answer of the API reaches nobody but the caller",
        sources="OWASP API1",
        types=(tokens.DISTRIBUTION,),
        musts=PHASES,
        checks=(each(tokens.DISTRIBUTION, edge.answers_not_shared),),
        mutants=(
            Flip(
                type=tokens.DISTRIBUTION,
                path=f"{API_BEHAVIOUR}.cachePolicyId",
                value="658327ea-f89d-4fab-a63d-7e88639e58f6",
            ),
            Flip(type=tokens.CACHE_POLICY, path="defaultTtl", value=60),
            Flip(type=tokens.CACHE_POLICY, path="minTtl", value=1),
            Flip(
                type=tokens.CACHE_POLICY,
                path="parametersInCacheKeyAndForwardedToOrigin.headersConfig.headers.items",
                value=["Origin"],
            ),
            Flip(type=tokens.DISTRIBUTION, path=f"{API_BEHAVIOUR}.originRequestPolicyId", value=GONE),
        ),
    ),
    Control(
        id=30,
        title="The distribution is on, and its bucket is this stack's",
        sources="CKV_AWS_216; SH CloudFront.12",
        types=(tokens.DISTRIBUTION,),
        musts=PHASES,
        checks=(each(tokens.DISTRIBUTION, edge.own_buckets),),
        mutants=(
            Flip(type=tokens.DISTRIBUTION, path="enabled", value=False),
            Flip(
                type=tokens.DISTRIBUTION,
                path="origins",
                value=[{"originId": "site", "domainName": "b.s3.amazonaws.com"}],
            ),
        ),
    ),
)
