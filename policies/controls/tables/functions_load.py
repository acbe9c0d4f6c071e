"""Lambda under load and watched: rows 47 to 50 and 52."""

from datetime import date

from .. import tokens
from ..checks import compute
from ..control import Control, Waiver
from ..mutants import GONE, First, Flip, Insert
from ..rules import across, each, equals, made_from
from ..stack import ENHANCED, PHASE1, PHASE2, PHASES

RELATIONAL = (ENHANCED, PHASE2)

ROWS = (
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
        id=52,
        title="Environments are encrypted with a customer-managed key",
        sources="CKV_AWS_173; PRW awslambda_function_env_vars_not_encrypted_with_cmk",
        types=(tokens.FUNCTION,),
        musts=(PHASE2,),
        checks=(each(tokens.FUNCTION, made_from("kmsKeyArn", tokens.KEY)),),
        mutants=(Flip(type=tokens.FUNCTION, path="kmsKeyArn", value=GONE),),
    ),
)
