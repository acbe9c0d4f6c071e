"""Lambda: rows 42 to 55."""

from datetime import date

from .. import tokens
from ..checks import compute
from ..checks.secrets import no_secrets
from ..control import Control, Presence, Waiver
from ..mutants import GONE, First, Flip, Insert, Reveal
from ..rules import across, each, equals, given, made_from, one_of
from ..stack import ENHANCED, PHASE1, PHASE2, PHASES

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
        id=47,
        title="X-Ray traces every function",
        sources="CKV_AWS_50; TRV AWS-0066; NAG-SL LambdaTracing",
        types=(tokens.FUNCTION,),
        musts=(PHASE2,),
        advised=(PHASE1, ENHANCED),
        checks=(each(tokens.FUNCTION, equals("tracingConfig.mode", "Active")),),
        mutants=(Flip(type=tokens.FUNCTION, path="tracingConfig.mode", value="PassThrough"),),
    ),
    Control(
        id=48,
        title="Functions cannot open more connections than PostgreSQL takes",
        sources="CKV_AWS_115; OWASP API4",
        types=(tokens.FUNCTION,),
        musts=RELATIONAL,
        checks=(across(compute.connections_bounded),),
        mutants=(
            Flip(type=tokens.FUNCTION, name="books", path="reservedConcurrentExecutions", value=500),
            Flip(type=tokens.FUNCTION, name="books", path="reservedConcurrentExecutions", value=GONE),
        ),
        waivers=(
            Waiver(
                phases=RELATIONAL,
                about="reservedConcurrentExecutions is not set",
                reason="A new account runs ten functions at once and Lambda reserves none of those. Set "
                "functionConcurrency as soon as AWS has raised the limit.",
                until=date(2027, 6, 30),
            ),
        ),
    ),
    Control(
        id=49,
        title="What a function fails to do while nobody waits is kept",
        sources="CKV_AWS_116; NAG-SL LambdaDLQ, LambdaAsyncFailureDestination",
        types=(tokens.EVENT_TARGET, tokens.BUCKET_NOTIFICATION, tokens.SUBSCRIPTION),
        musts=PHASES,
        checks=(across(compute.failures_kept),),
        mutants=(Insert(type=tokens.EVENT_TARGET, sources={"arn": First(tokens.FUNCTION)}),),
    ),
    Control(
        id=50,
        title="One bad record holds up no other",
        sources="NAG-SL LambdaEventSourceMappingDestination, SQSRedrivePolicy; NAG SQS3",
        types=(tokens.EVENT_SOURCE,),
        musts=PHASES,
        checks=(each(tokens.EVENT_SOURCE, compute.batches_survive),),
        mutants=(Insert(type=tokens.EVENT_SOURCE, props={"startingPosition": "LATEST"}),),
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
        id=52,
        title="Environments are encrypted with a customer-managed key",
        sources="CKV_AWS_173; PRW awslambda_function_env_vars_not_encrypted_with_cmk",
        types=(tokens.FUNCTION,),
        musts=(PHASE2,),
        checks=(each(tokens.FUNCTION, made_from("kmsKeyArn", tokens.KEY)),),
        mutants=(Flip(type=tokens.FUNCTION, path="kmsKeyArn", value=GONE),),
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
