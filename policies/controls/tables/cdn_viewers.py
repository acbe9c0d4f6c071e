"""CloudFront and viewers: rows 18 to 21, 26 and 27."""

from datetime import date

from .. import tokens
from ..checks import edge
from ..control import Control, Presence, Waiver
from ..mutants import GONE, Flip
from ..rules import each, equals, made_from
from ..stack import ENHANCED, PHASE1, PHASE2, PHASES

EARLY = (PHASE1, ENHANCED)
API_BEHAVIOUR = "orderedCacheBehaviors.0"

ROWS = (
    Control(
        id=18,
        title="The address without a path is the shop's page",
        sources="SH CloudFront.1; CKV_AWS_305",
        types=(tokens.DISTRIBUTION,),
        musts=PHASES,
        presence=Presence.EXPECTED,
        checks=(each(tokens.DISTRIBUTION, equals("defaultRootObject", "index.html")),),
        mutants=(Flip(type=tokens.DISTRIBUTION, path="defaultRootObject", value=GONE),),
    ),
    Control(
        id=19,
        title="Viewers get HTTPS only; a token never goes over HTTP, not even once",
        sources="SH CloudFront.3; CKV_AWS_34; TRV AWS-0012; ASVS 4.1.2",
        types=(tokens.DISTRIBUTION,),
        musts=PHASES,
        checks=(each(tokens.DISTRIBUTION, edge.https_only),),
        mutants=(
            Flip(type=tokens.DISTRIBUTION, path="defaultCacheBehavior.viewerProtocolPolicy", value="allow-all"),
            Flip(type=tokens.DISTRIBUTION, path=f"{API_BEHAVIOUR}.viewerProtocolPolicy", value="redirect-to-https"),
        ),
    ),
    Control(
        id=20,
        title="Viewers speak TLS 1.2 or newer",
        sources="CKV_AWS_174, CKV2_AWS_54; NAG CFR4; TRV AWS-0013; SH CloudFront.8, CloudFront.15",
        types=(tokens.DISTRIBUTION,),
        musts=PHASES,
        checks=(each(tokens.DISTRIBUTION, edge.modern_tls),),
        mutants=(
            Flip(
                type=tokens.DISTRIBUTION,
                path="viewerCertificate",
                value={
                    "acmCertificateArn": "arn:aws:acm:us-east-1:1:certificate/1",
                    "minimumProtocolVersion": "TLSv1.1",
                },
            ),
            Flip(
                type=tokens.DISTRIBUTION,
                path="viewerCertificate",
                value={"minimumProtocolVersion": "TLSv1.2_2021", "sslSupportMethod": "vip"},
            ),
        ),
        waivers=(
            Waiver(
                phases=PHASES,
                about="viewers may speak",
                reason="With its own certificate CloudFront takes TLSv1 on. A shop without a domain has no other; "
                "phase2 passes as soon as domainName is set.",
                until=date(2027, 6, 30),
            ),
        ),
    ),
    Control(
        id=21,
        title="A host name of the shop's own has its own certificate",
        sources="SH CloudFront.7; CKV2_AWS_42",
        types=(tokens.CERTIFICATE,),
        musts=PHASES,
        checks=(
            each(
                tokens.DISTRIBUTION,
                edge.certificate_of_its_own,
                made_from("viewerCertificate", tokens.CERTIFICATE, tokens.CERTIFICATE_VALIDATION),
            ),
        ),
        mutants=(
            Flip(
                type=tokens.DISTRIBUTION,
                path="viewerCertificate.acmCertificateArn",
                value="arn:aws:acm:eu-west-3:1:certificate/1",
            ),
            Flip(type=tokens.DISTRIBUTION, path="viewerCertificate", value={"cloudfrontDefaultCertificate": True}),
        ),
    ),
    Control(
        id=26,
        title="The shop says which countries it serves",
        sources="CKV_AWS_374; NAG CFR1",
        types=(tokens.DISTRIBUTION,),
        musts=(PHASE2,),
        checks=(each(tokens.DISTRIBUTION, edge.countries_chosen),),
        mutants=(
            Flip(
                type=tokens.DISTRIBUTION,
                path="restrictions.geoRestriction",
                value={"restrictionType": "whitelist", "locations": []},
            ),
        ),
        waivers=(
            Waiver(
                phases=(PHASE2,),
                about="serves every country",
                reason="Where a shop sells is its owner's to say: phase2 passes as soon as allowedCountries is set.",
                until=date(2027, 6, 30),
            ),
        ),
    ),
    Control(
        id=27,
        title="Browsers are told: HTTPS for a year, no sniffing, no frames, own scripts only",
        sources="CKV2_AWS_32, CKV_AWS_259; ASVS 3.4",
        types=(tokens.DISTRIBUTION,),
        musts=PHASES,
        checks=(
            each(
                tokens.DISTRIBUTION,
                edge.headers_everywhere,
                made_from("defaultCacheBehavior", tokens.HEADERS_POLICY),
            ),
            each(tokens.HEADERS_POLICY, edge.secure_headers),
        ),
        mutants=(
            Flip(type=tokens.DISTRIBUTION, path=f"{API_BEHAVIOUR}.responseHeadersPolicyId", value=GONE),
            Flip(
                type=tokens.HEADERS_POLICY,
                path="securityHeadersConfig.strictTransportSecurity.accessControlMaxAgeSec",
                value=60,
            ),
            Flip(type=tokens.HEADERS_POLICY, path="securityHeadersConfig.contentSecurityPolicy", value=GONE),
            Flip(type=tokens.HEADERS_POLICY, path="securityHeadersConfig.frameOptions.frameOption", value="SAMEORIGIN"),
        ),
    ),
)
