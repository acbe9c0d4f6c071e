"""API Gateway: rows 1 to 17."""

from .. import tokens
from ..checks import api
from ..checks.deployment import created_first
from ..checks.secrets import no_secrets
from ..control import Control, Presence
from ..mutants import GONE, Flip, Insert, Lose, Reveal, Unguard
from ..rules import accompanied, across, between, differs, each, equals, given, made_from, one_of, starts
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
        id=5,
        title="Every operation has an authorizer but those anyone may call",
        sources="CKV_AWS_59; NAG APIG4, COG4; TRV AWS-0004; SH APIGateway.8; OWASP API5",
        types=(tokens.REST_API,),
        musts=PHASES,
        presence=Presence.EXPECTED,
        checks=(
            each(tokens.REST_API, api.authorized),
            each(tokens.API_METHOD, one_of("authorization", ("CUSTOM", "COGNITO_USER_POOLS", "AWS_IAM"))),
        ),
        mutants=(
            Flip(type=tokens.REST_API, path="body.paths./v1/orders.get.security", value=[]),
            Flip(type=tokens.REST_API, path="body.components.securitySchemes.shopper", value={"type": "http"}),
            Insert(type=tokens.API_METHOD, props={"authorization": "NONE", "httpMethod": "GET"}),
        ),
    ),
    Control(
        id=6,
        title="API Gateway checks bodies against closed schemas, and parameters",
        sources="CKV2_AWS_53; NAG APIG2; OWASP API3",
        types=(tokens.REST_API,),
        musts=(PHASE2,),
        advised=EARLY,
        checks=(each(tokens.REST_API, api.validated),),
        mutants=(
            Flip(type=tokens.REST_API, path=f"{VALIDATORS}.validateRequestBody", value=False),
            Flip(type=tokens.REST_API, path="body.components.schemas.OrderInput.additionalProperties", value=True),
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
        id=8,
        title="Keys have a plan with a throttle and a quota; a key alone lets nobody in",
        sources="API Gateway: usage plans",
        types=(tokens.USAGE_PLAN,),
        musts=(PHASE2,),
        presence=Presence.EXPECTED,
        checks=(
            each(
                tokens.USAGE_PLAN,
                given("throttleSettings.rateLimit"),
                given("quotaSettings.limit"),
                made_from("apiStages", tokens.STAGE),
            ),
            each(tokens.API_METHOD, api.keyed_where_used, where=lambda method: bool(method.get("apiKeyRequired"))),
        ),
        mutants=(
            Flip(type=tokens.USAGE_PLAN, path="quotaSettings", value=GONE),
            Flip(type=tokens.USAGE_PLAN, path="throttleSettings", value=GONE),
            Flip(type=tokens.USAGE_PLAN, path="apiStages", value=[]),
            Insert(type=tokens.API_METHOD, props={"authorization": "NONE", "apiKeyRequired": True}),
        ),
    ),
    Control(
        id=9,
        title="Authorizers read the Authorization header alone, and no answer is kept for long",
        sources="OWASP API1, API2",
        types=(tokens.REST_API,),
        musts=(PHASE2,),
        advised=EARLY,
        checks=(each(tokens.REST_API, api.pinned_identity),),
        mutants=(
            Flip(type=tokens.REST_API, path="body.components.securitySchemes.shopper.in", value="query"),
            Flip(
                type=tokens.REST_API,
                path=f"body.components.securitySchemes.shopper.{api.AUTHORIZER}.type",
                value="none",
            ),
        ),
    ),
    Control(
        id=10,
        title="A function answers this API only",
        sources="CKV_AWS_301, CKV_AWS_364; TRV AWS-0067; SH Lambda.1; PUL aws-lambda-permission-configure-source-arn",
        types=(tokens.PERMISSION,),
        musts=PHASES,
        presence=Presence.EXPECTED,
        checks=(each(tokens.PERMISSION, differs("principal", "*", None), given("sourceArn"), api.called_by_this_api),),
        mutants=(
            Flip(type=tokens.PERMISSION, path="principal", value="*"),
            Flip(type=tokens.PERMISSION, path="sourceArn", value=GONE),
            Flip(type=tokens.PERMISSION, path="sourceArn", value="arn:aws:execute-api:us-east-1:1:other/*"),
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
        id=12,
        title="The API's own address is no way around CloudFront",
        sources="OWASP API8, API9",
        types=(tokens.REST_API,),
        musts=(PHASE2,),
        checks=(across(api.behind_the_edge),),
        mutants=(
            Flip(type=tokens.REST_API, path="body.paths./v1/books.get.security", value=[]),
            Flip(type=tokens.DISTRIBUTION, path="origins.1.customHeaders", value=GONE),
            Insert(type=tokens.API_DOMAIN),
        ),
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
        id=14,
        title="No operation calls a back end over HTTP, so none needs a client certificate",
        sources="SH APIGateway.2; CKV2_AWS_51",
        types=(tokens.REST_API,),
        musts=PHASES,
        checks=(each(tokens.REST_API, api.only_functions),),
        mutants=(
            Flip(type=tokens.REST_API, path=f"body.paths./v1/books.get.{api.INTEGRATION}.type", value="http_proxy"),
        ),
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
    Control(
        id=17,
        title="What API Gateway answers itself is problem+json, and no other site may read it",
        sources="OWASP API8; ASVS 4.1.1; CKV2_AWS_75",
        types=(tokens.REST_API,),
        musts=PHASES,
        checks=(each(tokens.REST_API, api.told_in_json),),
        mutants=(
            Flip(type=tokens.REST_API, path=f"body.{api.RESPONSES}.DEFAULT_5XX", value=GONE),
            Flip(
                type=tokens.REST_API,
                path=f"body.{api.RESPONSES}.DEFAULT_4XX.responseParameters",
                value={"gatewayresponse.header.Access-Control-Allow-Origin": "'*'"},
            ),
        ),
    ),
)
