"""IAM: rows 105 to 112."""

from .. import tokens
from ..checks import permissions
from ..control import Control, Presence
from ..mutants import Flip, Insert, Lose, Together
from ..rules import across, each, equals, one_of
from ..stack import PHASE2, PHASES

ROLE_POLICIES = (tokens.ROLE_POLICY, tokens.POLICY)
USERS = (tokens.USER, tokens.ACCESS_KEY, tokens.USER_POLICY, tokens.USER_POLICY_ATTACHMENT)


def allowing(action: str, resource: str = "*") -> Insert:
    """A policy more, for a role of somebody's."""
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return Insert(type=tokens.ROLE_POLICY, props={"policy": {"Statement": [statement]}})


def trusting(**statement: object) -> Insert:
    return Insert(type=tokens.ROLE, props={"assumeRolePolicy": {"Statement": [{"Effect": "Allow", **statement}]}})


ROWS = (
    Control(
        id=105,
        title="No role may do everything, or something to everything, but where AWS knows no other way",
        sources="SH IAM.1; CKV_AWS_62, CKV_AWS_63, CKV_AWS_355; TRV AWS-0057; CIS5 1.15; NAG IAM5",
        types=ROLE_POLICIES,
        musts=PHASES,
        presence=Presence.EXPECTED,
        checks=(across(permissions.least_privilege),),
        mutants=(
            allowing("dynamodb:*", "arn:aws:dynamodb:us-east-1:1:table/cloudshelf-phase1-books"),
            allowing("dynamodb:GetItem"),
            allowing("*"),
        ),
    ),
    Control(
        id=106,
        title="No role can make itself mightier, or carry data out of the account",
        sources="SH IAM.21; CKV_AWS_286, CKV_AWS_287, CKV_AWS_288, CKV_AWS_289, CKV_AWS_290; TRV AWS-0342",
        types=ROLE_POLICIES,
        musts=PHASES,
        checks=(across(permissions.no_ladder),),
        mutants=(
            allowing("iam:PassRole", "arn:aws:iam::1:role/other"),
            allowing("lambda:UpdateFunctionCode", "arn:aws:lambda:us-east-1:1:function:other"),
            allowing("s3:PutBucketPolicy", "arn:aws:s3:::site"),
        ),
    ),
    Control(
        id=107,
        title="AWS's own policies are used only where a service asks for them",
        sources="NAG IAM4; CKV_AWS_274",
        types=(tokens.POLICY_ATTACHMENT,),
        musts=PHASES,
        checks=(each(tokens.POLICY_ATTACHMENT, one_of("policyArn", sorted(permissions.MANAGED))),),
        mutants=(
            Flip(type=tokens.POLICY_ATTACHMENT, path="policyArn", value="arn:aws:iam::aws:policy/AdministratorAccess"),
        ),
    ),
    Control(
        id=108,
        title="A role is taken on by one known service, for this account",
        sources="CKV_AWS_60, CKV_AWS_61",
        types=(tokens.ROLE,),
        musts=PHASES,
        presence=Presence.EXPECTED,
        checks=(each(tokens.ROLE, permissions.trusts_a_service),),
        mutants=(
            trusting(Principal="*"),
            trusting(Principal={"AWS": "arn:aws:iam::1:root"}),
            trusting(Principal={"Service": "ec2.amazonaws.com"}),
            trusting(Principal={"Service": "backup.amazonaws.com"}),
        ),
    ),
    Control(
        id=109,
        title="Every function has a role of its own, and the public one only reads",
        sources="CloudShelf: design",
        types=(tokens.FUNCTION,),
        musts=PHASES,
        checks=(across(permissions.a_role_each), across(permissions.catalogue_read_only)),
        mutants=(
            Flip(type=tokens.FUNCTION, path="role", value="arn:aws:iam::1:role/shared"),
            Flip(
                type=tokens.ROLE_POLICY,
                name="books",
                path="policy.Statement.0",
                value={"Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": "arn:aws:dynamodb:us-east-1:1:t"},
            ),
        ),
    ),
    Control(
        id=110,
        title="There are no users and no access keys",
        sources="SH IAM.2, IAM.3; CKV_AWS_40, CKV_AWS_273, CKV_AWS_348; CIS5 1.14",
        types=USERS,
        musts=PHASES,
        presence=Presence.FORBIDDEN,
        mutants=tuple(Insert(type=each) for each in USERS),
    ),
    Control(
        id=111,
        title="Access Analyzer looks for what outsiders may reach",
        sources="CIS5 1.19; SH IAM.28",
        types=(tokens.ANALYZER,),
        musts=(PHASE2,),
        created_by="accessAnalyzer",
        presence=Presence.EXPECTED,
        checks=(each(tokens.ANALYZER, equals("type", "ACCOUNT")),),
        mutants=(Lose(type=tokens.ANALYZER), Flip(type=tokens.ANALYZER, path="type", value="ACCOUNT_UNUSED_ACCESS")),
    ),
    Control(
        id=112,
        title="Of an identity provider's workflows only the one named may deploy",
        sources="CKV_AWS_393",
        types=(tokens.OIDC_PROVIDER,),
        musts=PHASES,
        checks=(each(tokens.ROLE, permissions.trusts_a_service),),
        mutants=(
            Together(
                (
                    Insert(type=tokens.OIDC_PROVIDER),
                    trusting(
                        Principal={"Federated": "arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com"}
                    ),
                )
            ),
        ),
    ),
)
