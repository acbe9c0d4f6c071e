"""The certificate authorities by which a function knows its database and its proxy."""

import hashlib
import re
import ssl
from pathlib import Path

import pytest
from shared.postgres_login import CA_FILE

from cloudshelf import authorities

# https://www.amazontrust.com/repository/ publishes these of Amazon Root CA 1 to 4, and AWS's guide to ACM repeats them.
AMAZON_ROOTS = {
    "8ecde6884f3d87b1125ba31ac3fcb13d7016de7f57cc904fe1cb97c6ae98196e",
    "1ba5b2aa8c65401a82960118f80bec4f62304d83cec4713a19c39c011ea46db4",
    "18ce6cfe7bf14e60b2e347b8dfe868cb31d02ebb3ada271569f50343b46db3a4",
    "e35d28419ed02025cfa69038cd623962458da5c695fbdea3c22b0bfb25897092",
}


def fingerprints(file: Path) -> set[str]:
    context = ssl.create_default_context(cafile=str(file))
    return {hashlib.sha256(each).hexdigest() for each in context.get_ca_certs(binary_form=True)}


def test_a_function_knows_rds_proxy_by_amazons_own_roots() -> None:
    assert fingerprints(CA_FILE) >= AMAZON_ROOTS


def test_fetched_anew_the_file_has_what_aws_answered_and_amazons_roots(tmp_path: Path) -> None:
    text = CA_FILE.read_text(encoding="utf-8")
    before, _, _ = text.partition("# Authorities of RDS Proxy")
    bundle = "".join(authorities.CERTIFICATE.findall(before))
    count = authorities.write(bundle, tmp_path / "ca.pem")
    assert count == bundle.count("BEGIN CERTIFICATE")
    assert fingerprints(tmp_path / "ca.pem") == fingerprints(CA_FILE)


@pytest.mark.parametrize("answer", ["", "<html>Sign in to this network</html>", authorities.amazon_roots()])
def test_what_is_no_bundle_of_rds_leaves_the_file_as_it_was(tmp_path: Path, answer: str) -> None:
    kept = tmp_path / "ca.pem"
    kept.write_text("as it was")
    with pytest.raises(ValueError, match=re.escape("has no root certificate of RDS")):
        authorities.write(answer, kept)
    assert kept.read_text() == "as it was"
