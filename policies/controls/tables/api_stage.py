"""API Gateway, the stage: rows 1 to 4, 7, 11, 13, 15 and 16."""

from .. import tokens
from ..checks import api
from ..checks.deployment import created_first
from ..checks.secrets import no_secrets
from ..control import Control, Presence
from ..mutants import GONE, Flip, Insert, Lose, Reveal, Unguard
from ..rules import accompanied, between, each, equals, given, made_from, one_of, starts
from ..stack import ENHANCED, PHASE1, PHASE2, PHASES

EARLY = (PHASE1, ENHANCED)
VALIDATORS = f"body.{api.VALIDATOR}s.body-and-parameters"

ROWS = (
    Control(
        id=1,
        title="Every call is logged as JSON, and what goes wrong inside API Gateway too",
        sources="SH APIGateway.1; CKV_AWS_76, CKV2_AWS_4; NAG APIG1, APIG6; TRV AWS-0001; CIS7 4.10",
        types=(tokens.STAGE,),
        musts=PHASES,
        presence=Presence.EXPECTED,
        checks=(
            each(tokens.STAGE, api.logged_as_json, made_from("accessLogSettings", tokens.LOG_GROUP)),
            each(tokens.METHOD_SETTINGS, one_of("settings.loggingLevel", ("ERROR", "INFO"))),
            each(tokens.API_ACCOUNT, given("cloudwatchRoleArn")),
        ),
        mutants=(
            Flip(type=tokens.STAGE, path="accessLogSettings.format", value="$context.requestId"),
            Flip(type=tokens.STAGE, path="accessLogSettings", value=GONE),
            Flip(type=tokens.METHOD_SETTINGS, path="settings.loggingLevel", value="OFF"),
            Flip(type=tokens.API_ACCOUNT, path="cloudwatchRoleArn", value=GONE),
            Lose(type=tokens.STAGE),
        ),
    ),
    Control(
        id=2,
        title="Bodies and tokens are in no trace",
        sources="CKV_AWS_276",
        types=(tokens.METHOD_SETTINGS,),
        musts=PHASES,
        presence=Presence.EXPECTED,
        checks=(each(tokens.METHOD_SETTINGS, equals("settings.dataTraceEnabled", False)),),
        mutants=(Flip(type=tokens.METHOD_SETTINGS, path="settings.dataTraceEnabled", value=True),),
    ),
    Control(
        id=3,
        title="X-Ray traces the stage",
        sources="SH APIGateway.3; CKV_AWS_73; TRV AWS-0003; NAG-SL APIGWXrayEnabled",
        types=(tokens.STAGE,),
        musts=(PHASE2,),
        advised=EARLY,
        checks=(each(tokens.STAGE, equals("xrayTracingEnabled", True)),),
        mutants=(Flip(type=tokens.STAGE, path="xrayTracingEnabled", value=GONE),),
    ),
    Control(
        id=4,
        title="A regional web ACL stands before the stage, not only before CloudFront",
        sources="SH APIGateway.4; CKV2_AWS_29, CKV2_AWS_77; NAG APIG3",
        types=(tokens.STAGE,),
        musts=(PHASE2,),
        checks=(
            each(tokens.STAGE, accompanied(tokens.WEB_ACL_ASSOCIATION, "resourceArn")),
            each(tokens.WEB_ACL_ASSOCIATION, made_from("webAclArn", tokens.WEB_ACL)),
        ),
        mutants=(
            Lose(type=tokens.WEB_ACL_ASSOCIATION),
            Flip(type=tokens.WEB_ACL_ASSOCIATION, path="webAclArn", value="arn:aws:wafv2:us-east-1:1:webacl/other"),
        ),
    ),
    Control(
        id=7,
        title="The stage is throttled below what the account may",
        sources="NAG-SL APIGWDefaultThrottling; OWASP API4",
        types=(tokens.METHOD_SETTINGS,),
        musts=PHASES,
        presence=Presence.EXPECTED,
        checks=(
            each(
                tokens.METHOD_SETTINGS,
                between("settings.throttlingRateLimit", 1, api.ACCOUNT_RATE),
                between("settings.throttlingBurstLimit", 1, api.ACCOUNT_BURST),
            ),
        ),
        mutants=(
            Flip(type=tokens.METHOD_SETTINGS, path="settings.throttlingRateLimit", value=GONE),
            Flip(type=tokens.METHOD_SETTINGS, path="settings.throttlingBurstLimit", value=50_000),
        ),
    ),
    Control(
        id=11,
        title="The API's own domain name speaks TLS 1.2 or newer",
        sources="CKV_AWS_206; TRV AWS-0005; PUL aws-apigateway-domainname-configure-security-policy",
        types=(tokens.API_DOMAIN,),
        musts=PHASES,
        checks=(each(tokens.API_DOMAIN, starts("securityPolicy", "TLS_1_2", "SecurityPolicy_TLS13")),),
        mutants=(Insert(type=tokens.API_DOMAIN, props={"domainName": "api.example.com", "securityPolicy": "TLS_1_0"}),),
    ),
    Control(
        id=13,
        title="What the stage caches is public and encrypted",
        sources="SH APIGateway.5; CKV_AWS_308, CKV_AWS_120, CKV_AWS_225; TRV AWS-0002",
        types=(tokens.METHOD_SETTINGS,),
        musts=PHASES,
        checks=(each(tokens.METHOD_SETTINGS, api.cached_safely),),
        mutants=(Flip(type=tokens.METHOD_SETTINGS, path="settings.cachingEnabled", value=True),),
    ),
    Control(
        id=15,
        title="What changes in the API is deployed, the new before the old goes",
        sources="CKV_AWS_217, CKV_AWS_237",
        types=(tokens.DEPLOYMENT,),
        musts=PHASES,
        presence=Presence.EXPECTED,
        checks=(each(tokens.DEPLOYMENT, given("triggers"), created_first),),
        mutants=(
            Flip(type=tokens.DEPLOYMENT, path="triggers", value=GONE),
            Unguard(type=tokens.DEPLOYMENT, deleted_first=True),
        ),
    ),
    Control(
        id=16,
        title="No secret is a stage variable",
        sources="PRW apigateway_restapi_no_secrets_in_stage_variables",
        types=(tokens.STAGE,),
        musts=PHASES,
        checks=(each(tokens.STAGE, no_secrets("variables")),),
        mutants=(
            Flip(type=tokens.STAGE, path="variables", value={"databasePassword": "x"}),
            Flip(type=tokens.STAGE, path="variables", value={"who": "AKIAABCDEFGHIJKLMNOP"}),
            Reveal(type=tokens.STAGE, path="variables.x", hidden=True),
        ),
    ),
)
