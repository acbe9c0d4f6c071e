"""Values that no state and no log shows."""

import pulumi


def hidden(text: pulumi.Output[str]) -> pulumi.Output[str]:
    secret: pulumi.Output[str] = pulumi.Output.secret(text)
    return secret
