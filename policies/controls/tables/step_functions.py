"""Step Functions: row 155."""

from .. import tokens
from ..control import Control
from ..mutants import GONE, Flip
from ..rules import each, equals, made_from, one_of
from ..stack import ENHANCED, PHASE2

MACHINE = tokens.STATE_MACHINE

ROWS = (
    Control(
        id=155,
        title="A state machine tells of its failures, without the data",
        sources="CKV_AWS_285; SH StepFunctions.1; NAG SF1",
        types=(MACHINE,),
        musts=(ENHANCED, PHASE2),
        checks=(
            each(
                MACHINE,
                one_of("loggingConfiguration.level", ("ERROR", "ALL")),
                equals("loggingConfiguration.includeExecutionData", False),
                made_from("loggingConfiguration", tokens.LOG_GROUP),
            ),
        ),
        mutants=(
            Flip(type=MACHINE, path="loggingConfiguration.level", value="OFF"),
            Flip(type=MACHINE, path="loggingConfiguration.includeExecutionData", value=True),
            Flip(type=MACHINE, path="loggingConfiguration", value=GONE),
        ),
    ),
)
