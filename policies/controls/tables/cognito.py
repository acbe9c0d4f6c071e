"""Cognito: rows 136 to 143."""

from datetime import date

from .. import tokens
from ..checks import people
from ..control import Control, Presence, Waiver
from ..mutants import GONE, Flip, Insert
from ..rules import accompanied, between, each, equals
from ..stack import ENHANCED, PHASE1, PHASE2, PHASES

POOL, CLIENT = tokens.USER_POOL, tokens.USER_POOL_CLIENT
ADOPTED = tokens.ADOPTED_IDENTITY
LONGEST_PASSWORD = 99

ROWS = (
    Control(
        id=136,
        title="Passwords have twelve characters or more",
        sources="NAG COG1; PRW cognito_user_pool_password_policy_*; ASVS 6.2; SH Cognito.3",
        types=(POOL, ADOPTED),
        musts=PHASES,
        presence=Presence.EXPECTED,
        checks=(
            each(
                POOL,
                between("passwordPolicy.minimumLength", people.SHORTEST_PASSWORD, LONGEST_PASSWORD),
                between("passwordPolicy.temporaryPasswordValidityDays", 1, people.LONGEST_TEMPORARY_DAYS),
            ),
        ),
        mutants=(
            Flip(type=POOL, path="passwordPolicy.minimumLength", value=8),
            Flip(type=POOL, path="passwordPolicy", value=GONE),
        ),
    ),
    Control(
        id=137,
        title="People can add a second factor",
        sources="NAG COG2; SH Cognito.5; PRW cognito_user_pool_mfa_enabled",
        types=(POOL,),
        musts=(PHASE2,),
        advised=(PHASE1, ENHANCED),
        checks=(each(POOL, people.second_factor),),
        mutants=(
            Flip(type=POOL, path="mfaConfiguration", value="OFF"),
            Flip(type=POOL, path="softwareTokenMfaConfiguration", value={"enabled": False}),
        ),
    ),
    Control(
        id=138,
        title="Cognito refuses passwords that were stolen elsewhere",
        sources="SH Cognito.1; NAG COG8",
        types=(POOL,),
        advised=(PHASE2,),
        checks=(each(POOL, equals("userPoolAddOns.advancedSecurityMode", "ENFORCED"), equals("userPoolTier", "PLUS")),),
        mutants=(Flip(type=POOL, path="userPoolAddOns", value={"advancedSecurityMode": "OFF"}),),
    ),
    Control(
        id=139,
        title="Nobody deletes the user pool by accident",
        sources="SH Cognito.6; PRW cognito_user_pool_deletion_protection_enabled",
        types=(POOL,),
        musts=PHASES,
        checks=(each(POOL, equals("deletionProtection", "ACTIVE")),),
        mutants=(Flip(type=POOL, path="deletionProtection", value="INACTIVE"),),
    ),
    Control(
        id=140,
        title="The browser's client tells nobody who has an account, and its tokens end",
        sources="PRW cognito_user_pool_client_prevent_user_existence_errors, cognito_user_pool_client_token_revocation",
        types=(CLIENT, ADOPTED),
        musts=PHASES,
        presence=Presence.EXPECTED,
        checks=(each(CLIENT, people.browser_client),),
        mutants=(
            Flip(type=CLIENT, path="preventUserExistenceErrors", value=GONE),
            Flip(type=CLIENT, path="enableTokenRevocation", value=False),
            Flip(type=CLIENT, path="generateSecret", value=True),
            Flip(type=CLIENT, path="allowedOauthFlows", value=["implicit"]),
            Flip(type=CLIENT, path="callbackUrls", value=["http://shop.example.com"]),
            Flip(type=CLIENT, path="idTokenValidity", value=1440),
        ),
        waivers=(
            Waiver(
                phases=PHASES,
                about="ALLOW_USER_PASSWORD_AUTH",
                reason="Signing in sends the password to Cognito over TLS, once, so that a page and a curl line can do "
                "it without a library for SRP. Cognito keeps no password either way.",
                until=date(2027, 6, 30),
            ),
        ),
    ),
    Control(
        id=141,
        title="Nobody gives themselves rights by changing their own attributes",
        sources="OWASP API3",
        types=(CLIENT,),
        musts=PHASES,
        checks=(each(CLIENT, people.attributes_kept),),
        mutants=(
            Flip(type=CLIENT, path="writeAttributes", value=["email", "custom:role"]),
            Flip(type=CLIENT, path="writeAttributes", value=GONE),
        ),
    ),
    Control(
        id=142,
        title="Nobody gets AWS credentials without signing in",
        sources="SH Cognito.2; CKV_AWS_366; NAG COG7",
        types=(tokens.IDENTITY_POOL,),
        musts=PHASES,
        checks=(each(tokens.IDENTITY_POOL, equals("allowUnauthenticatedIdentities", False)),),
        mutants=(Insert(type=tokens.IDENTITY_POOL, props={"allowUnauthenticatedIdentities": True}),),
    ),
    Control(
        id=143,
        title="A web ACL stands before the user pool",
        sources="PRW cognito_user_pool_waf_acl_attached",
        types=(POOL,),
        advised=(PHASE2,),
        checks=(each(POOL, accompanied(tokens.WEB_ACL_ASSOCIATION, "resourceArn")),),
        mutants=(Insert(type=POOL),),
    ),
)
