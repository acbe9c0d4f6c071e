"""API Gateway, the operations: rows 5, 6, 8 to 10, 12, 14 and 17."""

from .. import tokens
from ..checks import api
from ..control import Control, Presence
from ..mutants import GONE, Flip, Insert
from ..rules import across, differs, each, given, made_from, one_of
from ..stack import ENHANCED, PHASE1, PHASE2, PHASES

EARLY = (PHASE1, ENHANCED)
VALIDATORS = f"body.{api.VALIDATOR}s.body-and-parameters"

ROWS = (
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
