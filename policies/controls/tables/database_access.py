"""RDS, who gets in and how: rows 73 to 75, 81 to 83 and 87."""

from datetime import date

from .. import tokens
from ..checks import relational
from ..control import Control, Presence, Waiver
from ..mutants import GONE, Flip, Insert, Reveal
from ..rules import across, each, equals, made_from, one_of, value
from ..stack import ENHANCED, PHASE2

RELATIONAL = (ENHANCED, PHASE2)
DATABASE = tokens.DATABASE

ROWS = (
    Control(
        id=73,
        title="Functions prove by their role who they are, each as a PostgreSQL user of its own",
        sources="SH RDS.10; CKV_AWS_161; TRV AWS-0176",
        types=(DATABASE,),
        musts=RELATIONAL,
        checks=(
            each(DATABASE, equals("iamDatabaseAuthenticationEnabled", True)),
            across(relational.users_named),
        ),
        mutants=(
            Flip(type=DATABASE, path="iamDatabaseAuthenticationEnabled", value=GONE),
            Insert(
                type=tokens.ROLE_POLICY,
                props={
                    "policy": {
                        "Statement": [
                            {
                                "Effect": "Allow",
                                "Action": "rds-db:connect",
                                "Resource": "arn:aws:rds-db:us-east-1:1:dbuser:db-1/*",
                            }
                        ]
                    }
                },
            ),
        ),
    ),
    Control(
        id=74,
        title="PostgreSQL speaks TLS only",
        sources="SH RDS.38; CKV2_AWS_69; PRW rds_instance_transport_encrypted",
        types=(tokens.PARAMETER_GROUP,),
        musts=RELATIONAL,
        presence=Presence.EXPECTED,
        checks=(
            each(tokens.PARAMETER_GROUP, relational.forced_tls),
            each(DATABASE, made_from("parameterGroupName", tokens.PARAMETER_GROUP), where=relational.is_primary),
        ),
        mutants=(
            Flip(type=tokens.PARAMETER_GROUP, path="parameters.0.value", value="0"),
            Flip(type=tokens.PARAMETER_GROUP, path="family", value="postgres14"),
            Flip(type=DATABASE, path="parameterGroupName", value="default.postgres15"),
        ),
    ),
    Control(
        id=75,
        title="The database's certificate is of a current authority",
        sources="CKV_AWS_211; PRW rds_instance_certificate_expiration",
        types=(DATABASE,),
        musts=RELATIONAL,
        checks=(each(DATABASE, one_of("caCertIdentifier", relational.AUTHORITIES)),),
        mutants=(Flip(type=DATABASE, path="caCertIdentifier", value="rds-ca-2019"),),
    ),
    Control(
        id=81,
        title="The master user has no name to guess",
        sources="SH RDS.25; PRW rds_instance_default_admin",
        types=(DATABASE,),
        musts=RELATIONAL,
        checks=(
            each(
                DATABASE,
                value("username", lambda name: name not in relational.ADMINISTRATORS, "a name of the shop's own"),
                where=relational.is_primary,
            ),
        ),
        mutants=(Flip(type=DATABASE, path="username", value="postgres"),),
    ),
    Control(
        id=82,
        title="PostgreSQL listens on another port than 5432",
        sources="SH RDS.23; NAG RDS11",
        types=(DATABASE,),
        musts=RELATIONAL,
        checks=(
            each(
                DATABASE,
                value("port", lambda port: port not in (None, 5432), "another"),
                where=relational.is_primary,
            ),
        ),
        mutants=(Flip(type=DATABASE, path="port", value=5432),),
        waivers=(
            Waiver(
                phases=RELATIONAL,
                about="port is",
                reason="The design names 5432. Security groups decide who reaches it (row 92); a scanner outside finds "
                "no port at all.",
                until=date(2027, 12, 31),
            ),
        ),
    ),
    Control(
        id=83,
        title="RDS or Pulumi keeps the master password, as a secret",
        sources="SH SecretsManager.1; ASVS 13.3",
        types=(DATABASE,),
        musts=RELATIONAL,
        checks=(each(DATABASE, relational.one_password, where=relational.is_primary),),
        mutants=(
            Flip(type=DATABASE, path="manageMasterUserPassword", value=GONE),
            Flip(type=DATABASE, path="password", value=GONE),
            Reveal(type=DATABASE, path="password"),
        ),
    ),
    Control(
        id=87,
        title="The proxy takes TLS and IAM only, and logs no statements",
        sources="SH RDS.43",
        types=(tokens.DATABASE_PROXY,),
        musts=RELATIONAL,
        checks=(each(tokens.DATABASE_PROXY, relational.proxied_safely),),
        mutants=(
            Insert(type=tokens.DATABASE_PROXY, props={"requireTls": False, "defaultAuthScheme": "IAM_AUTH"}),
            Insert(type=tokens.DATABASE_PROXY, props={"requireTls": True}),
        ),
    ),
)
