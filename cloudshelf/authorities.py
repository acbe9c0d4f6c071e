"""`python -m cloudshelf.authorities`: fetches anew which certificate authorities the functions know a database by.

Those of RDS are AWS's bundle of all regions as it is; those of RDS Proxy, whose certificates are ACM's, are the Amazon
roots of certifi: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
"""

import re
import ssl
import sys
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import urlopen

import certifi

BUNDLE = "https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem"
FILE = Path(__file__).resolve().parents[1] / "functions" / "shared" / "rds_ca.pem"
CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+-----END CERTIFICATE-----\n")


def amazon_roots() -> str:
    """Amazon Root CA 1 to 4, in PEM; ValueError where certifi lacks one."""
    found = {}
    for text in CERTIFICATE.findall(Path(certifi.where()).read_text(encoding="utf-8")):
        name = _common_name(text)
        if re.fullmatch(r"Amazon Root CA [1-4]", name):
            found[name] = f"# {name}\n{text}"
    if len(found) != 4:
        raise ValueError(f"certifi {certifi.__version__} has only {sorted(found)} of Amazon Root CA 1 to 4")
    return "\n".join(found[name] for name in sorted(found))


def write(bundle: str, file: Path = FILE) -> int:
    """Write `file` anew from AWS's bundle; how many authorities of RDS it has. ValueError where it is no bundle."""
    roots = CERTIFICATE.findall(bundle)
    names = [_common_name(text) for text in roots]
    if not any(re.fullmatch(r"Amazon RDS \S+ Root CA RSA2048 G1", name) for name in names):
        raise ValueError(f"{BUNDLE} answered with something that has no root certificate of RDS")
    head = f"# Authorities of Amazon RDS: {BUNDLE}, fetched on {datetime.now(UTC):%Y-%m-%d}\n"
    middle = f"\n# Authorities of RDS Proxy (ACM), from certifi {certifi.__version__}\n"
    file.write_text(head + "".join(roots) + middle + amazon_roots(), encoding="utf-8")
    return len(roots)


def _common_name(pem: str) -> str:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=pem)
    (certificate,) = context.get_ca_certs() or ({"subject": ()},)
    return dict(pair for part in certificate["subject"] for pair in part).get("commonName", "")  # type: ignore[misc]


if __name__ == "__main__":
    try:
        with urlopen(BUNDLE, timeout=30) as answer:
            count = write(answer.read().decode("ascii"))
    except (OSError, ValueError) as problem:
        sys.exit(f"{FILE.name} stays as it is: {problem}")
    print(f"{FILE.name} has {count} authorities of RDS and Amazon's four.")
