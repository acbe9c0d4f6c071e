"""KMS, Parameter Store and Secrets Manager: rows 113 to 120."""

from .. import tokens
from ..checks import permissions, secrecy
from ..checks.secrets import secret
from ..control import Control, Presence
from ..mutants import GONE, Flip, Insert, Lose, Reveal, Unguard
from ..rules import accompanied, across, between, each, equals, made_from, protected
from ..stack import PHASE2, PHASES
from .iam import allowing

KEYS = (tokens.KEY, tokens.REPLICA_KEY)
ANY_KEY = "arn:aws:kms:us-east-1:1:key/1"
MOST_ROTATION_DAYS = 90

ROWS = (
    Control(
        id=113,
        title="Keys rotate",
        sources="SH KMS.4; CKV_AWS_7; NAG KMS5; TRV AWS-0065; CIS5 3.6",
        types=(tokens.KEY,),
        musts=PHASES,
        checks=(each(tokens.KEY, equals("enableKeyRotation", True)),),
        mutants=(Insert(type=tokens.KEY), Flip(type=tokens.KEY, path="enableKeyRotation", value=GONE)),
    ),
    Control(
        id=114,
        title="A key's policy names who may use it",
        sources="SH KMS.5; CKV_AWS_33, CKV2_AWS_64; CIS7 2.21",
        types=(tokens.KEY,),
        musts=PHASES,
        checks=(each(tokens.KEY, secrecy.guarded),),
        mutants=(
            Insert(type=tokens.KEY),
            Flip(type=tokens.KEY, path="policy.Statement.0.Principal", value={"AWS": "*"}),
            Flip(type=tokens.KEY, name="logs", path="policy.Statement.1.Condition", value=GONE),
        ),
    ),
    Control(
        id=115,
        title="A key that was to be deleted can be had back for a month",
        sources="SH KMS.3; CKV_AWS_227; CIS5 4.7",
        types=KEYS,
        musts=PHASES,
        checks=(each(KEYS, secrecy.kept, protected),),
        mutants=(
            Insert(type=tokens.KEY),
            Flip(type=tokens.KEY, path="deletionWindowInDays", value=7),
            Flip(type=tokens.KEY, path="isEnabled", value=False),
            Unguard(type=tokens.KEY),
        ),
    ),
    Control(
        id=116,
        title="No role decrypts with every key",
        sources="SH KMS.1, KMS.2",
        types=(tokens.ROLE_POLICY, tokens.POLICY),
        musts=PHASES,
        checks=(across(permissions.decrypts_by_name),),
        mutants=(allowing("kms:Decrypt"), allowing("kms:*")),
    ),
    Control(
        id=117,
        title="Data, logs and parameters have keys of their own",
        sources="CloudShelf: design",
        types=(tokens.KEY,),
        musts=(PHASE2,),
        presence=Presence.EXPECTED,
        checks=(across(secrecy.one_for_each_purpose),),
        mutants=(Lose(type=tokens.KEY), Lose(type=tokens.ALIAS)),
    ),
    Control(
        id=118,
        title="Passwords in Parameter Store are encrypted with a customer-managed key",
        sources="CKV2_AWS_34, CKV_AWS_337; TRV AWS-0098; ASVS 13.3.1",
        types=(tokens.PARAMETER,),
        musts=(PHASE2,),
        presence=Presence.EXPECTED,
        checks=(each(tokens.PARAMETER, secrecy.sealed, made_from("keyId", tokens.KEY), secret("value")),),
        mutants=(
            Lose(type=tokens.PARAMETER),
            Flip(type=tokens.PARAMETER, path="type", value="String"),
            Flip(type=tokens.PARAMETER, path="keyId", value=GONE),
            Flip(type=tokens.PARAMETER, path="insecureValue", value="hunter2"),
            Reveal(type=tokens.PARAMETER, path="value"),
        ),
    ),
    Control(
        id=119,
        title="A function reads its own parameter, and decrypts nothing else",
        sources="IAM: least privilege",
        types=(tokens.ROLE_POLICY, tokens.POLICY),
        musts=(PHASE2,),
        checks=(across(permissions.reads_one_parameter),),
        mutants=(
            allowing("ssm:GetParameter", "arn:aws:ssm:us-east-1:1:parameter/cloudshelf/*"),
            allowing("kms:Decrypt", ANY_KEY),
        ),
    ),
    Control(
        id=120,
        title="Secrets of Secrets Manager have a key of their own and rotate each quarter",
        sources="SH SecretsManager.1, SecretsManager.4; CKV_AWS_149, CKV_AWS_304, CKV2_AWS_57",
        types=(tokens.SECRET,),
        musts=PHASES,
        checks=(
            each(
                tokens.SECRET,
                made_from("kmsKeyId", tokens.KEY),
                accompanied(
                    tokens.SECRET_ROTATION,
                    "secretId",
                    between("rotationRules.automaticallyAfterDays", 1, MOST_ROTATION_DAYS),
                ),
            ),
        ),
        mutants=(Insert(type=tokens.SECRET),),
    ),
)
