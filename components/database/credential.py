"""The master user's name and password, made once, in Parameter Store under a key of its own."""

import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.database.database import MASTER
from components.grant import Grant
from components.secret import hidden
from components.security.keys import Keys

LENGTH = 40


@dataclass(frozen=True, kw_only=True)
class CredentialArgs:
    """`prefix` without a slash: the parameter is `/<prefix>/database/master`."""

    prefix: str
    keys: Keys


class Credential(pulumi.ComponentResource):
    """`password` is a secret. To turn it over, delete the parameter and update the stack."""

    password: pulumi.Output[str]

    def __init__(self, name: str, args: CredentialArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:database:Credential", name, None, opts)
        self._keys = args.keys
        made = aws.secretsmanager.get_random_password_output(
            password_length=LENGTH, exclude_punctuation=True, opts=pulumi.InvokeOptions(parent=self)
        )
        # The same shape as what RDS itself keeps in Secrets Manager.
        text: pulumi.Output[str] = pulumi.Output.json_dumps({"username": MASTER, "password": made.random_password})
        self._parameter = aws.ssm.Parameter(
            f"{name}-parameter",
            name=f"/{args.prefix}/database/{MASTER}",
            description=f"Name and password of {MASTER}, the database's master user",
            type="SecureString",
            key_id=args.keys.parameters,
            value=hidden(text),
            # AWS makes another one at each look; the first is kept.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["value"]),
        )
        self.password = self._parameter.value.apply(lambda kept: json.loads(kept)["password"])
        self.register_outputs({})

    @property
    def parameter_name(self) -> pulumi.Output[str]:
        return self._parameter.name

    def read(self) -> list[Grant]:
        """Lets a function read the password."""
        arn = self._parameter.arn
        return [Grant(actions=["ssm:GetParameter"], resources=[arn]), self._keys.read_parameter(arn)]
