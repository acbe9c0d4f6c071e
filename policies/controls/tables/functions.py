"""Lambda, what runs where: rows 42 to 46, 51 and 53 to 55."""

from .. import tokens
from ..checks import compute
from ..checks.secrets import no_secrets
from ..control import Control, Presence
from ..mutants import GONE, Flip, Insert, Reveal
from ..rules import each, equals, given, made_from, one_of
from ..stack import ENHANCED, PHASE2, PHASES

RELATIONAL = (ENHANCED, PHASE2)

ROWS = (
    Control(
        id=42,
        title="No secret is in a function's environment",
        sources="CKV_AWS_45; PRW awslambda_function_no_secrets_in_variables; ASVS 13.3",
        types=(tokens.FUNCTION,),
        musts=PHASES,
        presence=Presence.EXPECTED,
        checks=(each(tokens.FUNCTION, no_secrets("environment.variables")),),
        mutants=(
            Flip(type=tokens.FUNCTION, path="environment.variables.DATABASE_PASSWORD", value="hunter2"),
            Flip(type=tokens.FUNCTION, path="environment.variables.WHO", value="AKIAABCDEFGHIJKLMNOP"),
            Reveal(type=tokens.FUNCTION, path="environment.variables.PHASE", hidden=True),
        ),
    ),
    Control(
        id=43,
        title="No variable has a name that Lambda keeps for itself",
        sources="Lambda: reserved environment variables",
        types=(tokens.FUNCTION,),
        musts=PHASES,
        checks=(each(tokens.FUNCTION, compute.free_names),),
        mutants=(Flip(type=tokens.FUNCTION, path="environment.variables.AWS_REGION", value="us-east-1"),),
    ),
    Control(
        id=44,
        title="Functions run on a Python that AWS still mends",
        sources="SH Lambda.2; CKV_AWS_363; NAG L1",
        types=(tokens.FUNCTION,),
        musts=PHASES,
        checks=(each(tokens.FUNCTION, one_of("runtime", compute.RUNTIMES)),),
        mutants=(Flip(type=tokens.FUNCTION, path="runtime", value="python3.9"),),
    ),
    Control(
        id=45,
        title="Functions are in the network when they use PostgreSQL, and in enhanced only then",
        sources="SH Lambda.3; CKV_AWS_117",
        types=(tokens.FUNCTION,),
        musts=RELATIONAL,
        checks=(each(tokens.FUNCTION, compute.in_its_place),),
        mutants=(
            Flip(type=tokens.FUNCTION, name="orders", path="vpcConfig", value=GONE),
            Flip(type=tokens.FUNCTION, name="sessions", path="vpcConfig", value={"subnetIds": ["s"]}),
        ),
    ),
    Control(
        id=46,
        title="Functions in the network are in two zones",
        sources="SH Lambda.5; PRW awslambda_function_vpc_multi_az",
        types=(tokens.FUNCTION,),
        musts=RELATIONAL,
        checks=(each(tokens.FUNCTION, compute.in_two_zones, where=lambda function: bool(function.get("vpcConfig"))),),
        mutants=(Flip(type=tokens.FUNCTION, name="orders", path="vpcConfig.subnetIds", value=["subnet-1"]),),
    ),
    Control(
        id=51,
        title="Memory and time are set, and a function gives up before API Gateway does",
        sources="NAG-SL LambdaFunctionDefaultTimeout, LambdaDefaultMemorySize",
        types=(tokens.FUNCTION,),
        musts=PHASES,
        checks=(each(tokens.FUNCTION, compute.answers_in_time),),
        mutants=(
            Flip(type=tokens.FUNCTION, path="memorySize", value=GONE),
            Flip(type=tokens.FUNCTION, name="orders", path="timeout", value=60),
        ),
    ),
    Control(
        id=53,
        title="Only signed code runs",
        sources="CKV_AWS_272",
        types=(tokens.FUNCTION,),
        advised=(PHASE2,),
        checks=(each(tokens.FUNCTION, given("codeSigningConfigArn")),),
        mutants=(Flip(type=tokens.FUNCTION, path="codeSigningConfigArn", value=""),),
    ),
    Control(
        id=54,
        title="No function has an address of its own",
        sources="CKV_AWS_258; NAG LambdaFunctionUrlAuth; PRW awslambda_function_url_public",
        types=(tokens.FUNCTION_URL,),
        musts=PHASES,
        presence=Presence.FORBIDDEN,
        mutants=(Insert(type=tokens.FUNCTION_URL, props={"authorizationType": "NONE"}),),
    ),
    Control(
        id=55,
        title="Every function writes to a log group of this stack",
        sources="CKV_AWS_66, CKV_AWS_158, CKV_AWS_338; NAG-SL CloudWatchLogGroupRetentionPeriod",
        types=(tokens.FUNCTION,),
        musts=PHASES,
        checks=(
            each(
                tokens.FUNCTION, made_from("loggingConfig", tokens.LOG_GROUP), equals("loggingConfig.logFormat", "JSON")
            ),
        ),
        mutants=(
            Flip(type=tokens.FUNCTION, path="loggingConfig", value=GONE),
            Flip(type=tokens.FUNCTION, path="loggingConfig.logFormat", value="Text"),
        ),
    ),
)
