"""Keeps the environment of whoever starts it out of the local cloud: proxies, AWS profiles, keys, endpoints."""

import os

from components import vendor

PROXIES = frozenset({"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "FTP_PROXY", "NO_PROXY"})
OWN = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    # All that this process asks is on the loopback interface.
    "NO_PROXY": "*",
    "no_proxy": "*",
}


def isolate() -> None:
    """Changes this process's environment, before its first AWS client. pip still goes the way it went before."""
    vendor.pip_environment = vendor.pip_environment or dict(os.environ)
    for name in [*os.environ]:
        if name.upper() in PROXIES or name.startswith(("AWS_", "BOTO_")):
            del os.environ[name]
    os.environ.update(OWN)
