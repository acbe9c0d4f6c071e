"""CloudFront, the storefront's bucket and its files."""

import json
from pathlib import Path

import pytest

from cloudshelf.graph import Graph
from components import site
from tests.infra.provider import REGION, ROOT

OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2"


def test_the_site_bucket_is_read_by_the_distribution_alone(phase1: Graph) -> None:
    allow, deny = json.loads(phase1.one("aws:s3/bucketPolicy:BucketPolicy").inputs["policy"])["Statement"]
    distribution = phase1.one("aws:cloudfront/distribution:Distribution").outputs["arn"]
    assert (allow["Principal"], allow["Action"]) == ({"Service": "cloudfront.amazonaws.com"}, "s3:GetObject")
    assert allow["Condition"] == {"StringEquals": {"AWS:SourceArn": distribution}}
    assert (deny["Effect"], deny["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    block = phase1.one("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock").inputs
    assert [
        block[k] for k in ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    ] == [True] * 4


def test_cloudfront_serves_the_site_and_passes_the_api_through(phase1: Graph) -> None:
    distribution = phase1.one("aws:cloudfront/distribution:Distribution").inputs
    origins = {o["originId"]: o for o in distribution["origins"]}
    assert "originAccessControlId" in origins["site"]
    assert "s3OriginConfig" not in origins["site"]
    assert origins["api"]["customOriginConfig"]["originProtocolPolicy"] == "https-only"
    assert origins["api"]["customOriginConfig"]["originSslProtocols"] == ["TLSv1.2"]
    (api,) = distribution["orderedCacheBehaviors"]
    assert (api["pathPattern"], api["viewerProtocolPolicy"]) == ("/api/*", "https-only")
    assert api["originRequestPolicyId"] == "b689b0a8-53d0-40ab-baf2-68738e2966ac"
    assert distribution["defaultCacheBehavior"]["viewerProtocolPolicy"] == "redirect-to-https"


@pytest.mark.parametrize("stack", ["phase1", "enhanced", "phase2"], indirect=True)
def test_the_edge_compresses_the_api_and_keeps_only_what_says_it_is_public(graph: Graph) -> None:
    (behaviour,) = graph.one("aws:cloudfront/distribution:Distribution").inputs["orderedCacheBehaviors"]
    policy = graph.one("aws:cloudfront/cachePolicy:CachePolicy")
    assert behaviour["cachePolicyId"] == f"{policy.name}-id"
    key = policy.inputs["parametersInCacheKeyAndForwardedToOrigin"]
    # CloudFront compresses what it could keep, and only with the encodings in the key.
    assert (behaviour["compress"], key["enableAcceptEncodingGzip"], key["enableAcceptEncodingBrotli"]) == (True,) * 3
    assert (policy.inputs["minTtl"], policy.inputs["defaultTtl"]) == (0, 0)
    assert policy.inputs["maxTtl"] == 300
    assert key["headersConfig"]["headers"]["items"] == ["Authorization"]
    assert key["queryStringsConfig"]["queryStringBehavior"] == "all"


@pytest.mark.parametrize("stack", ["phase1", "enhanced", "phase2"], indirect=True)
def test_the_edge_keeps_no_error_which_may_be_one_persons_alone(graph: Graph) -> None:
    responses = graph.one("aws:cloudfront/distribution:Distribution").inputs["customErrorResponses"]
    assert {each["errorCode"] for each in responses} >= {403, 404, 500, 502, 503, 504}
    assert {each["errorCachingMinTtl"] for each in responses} == {0}


def test_every_response_carries_the_security_headers(phase1: Graph) -> None:
    distribution = phase1.one("aws:cloudfront/distribution:Distribution").inputs
    headers = phase1.one("aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy")
    for behavior in (distribution["defaultCacheBehavior"], *distribution["orderedCacheBehaviors"]):
        assert behavior["responseHeadersPolicyId"] == f"{headers.name}-id"
    security = headers.inputs["securityHeadersConfig"]
    assert security["strictTransportSecurity"]["accessControlMaxAgeSec"] >= 31_536_000
    policy = security["contentSecurityPolicy"]["contentSecurityPolicy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


def test_the_home_page_opens_at_the_root_over_tls_of_today(phase1: Graph) -> None:
    distribution = phase1.one("aws:cloudfront/distribution:Distribution").inputs
    assert (distribution["defaultRootObject"], distribution["enabled"]) == ("index.html", True)
    assert (distribution["httpVersion"], distribution["priceClass"]) == ("http2and3", "PriceClass_100")
    access = phase1.one("aws:cloudfront/originAccessControl:OriginAccessControl").inputs
    assert (access["signingBehavior"], access["signingProtocol"]) == ("always", "sigv4")


def test_the_bucket_keeps_versions_for_a_while_encrypted_and_without_acls(phase1: Graph) -> None:
    assert phase1.named("site-versions").inputs["versioningConfiguration"] == {"status": "Enabled"}
    assert phase1.named("site-ownership").inputs["rule"] == {"objectOwnership": "BucketOwnerEnforced"}
    (encryption,) = phase1.named("site-encryption").inputs["rules"]
    assert encryption == {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}
    (rule,) = phase1.named("site-lifecycle").inputs["rules"]
    assert rule["noncurrentVersionExpiration"] == {"noncurrentDays": 30}
    assert rule["abortIncompleteMultipartUpload"] == {"daysAfterInitiation": 7}


def test_every_file_of_the_storefront_is_uploaded_with_its_type(phase1: Graph) -> None:
    objects = {node.inputs["key"]: node.inputs for node in phase1.of(OBJECT).values()}
    storefront = ROOT / "storefront"
    files = {path.relative_to(storefront).as_posix() for path in storefront.rglob("*") if path.is_file()}
    assert objects.keys() == files | {"config.json"}
    assert objects["index.html"]["contentType"] == "text/html; charset=utf-8"
    for key, inputs in objects.items():
        assert inputs["cacheControl"], key
        assert inputs["contentType"] != "application/octet-stream", key


def test_the_storefront_is_told_where_the_api_and_the_sign_in_are(phase1: Graph) -> None:
    config = phase1.of(OBJECT)["site-config.json"].inputs
    assert json.loads(config["content"]) == {
        "phase": "phase1",
        "currency": "USD",
        "region": REGION,
        "apiBaseUrl": "/api/v1",
        "identity": {"endpoint": f"//cognito-idp.{REGION}.amazonaws.com/", "clientId": "identity-client-id"},
    }
    assert config["cacheControl"] == "no-cache"


def test_pages_may_call_the_shop_and_the_sign_in_and_nothing_else(phase1: Graph) -> None:
    headers = phase1.named("cdn-headers").inputs["securityHeadersConfig"]
    policy = headers["contentSecurityPolicy"]["contentSecurityPolicy"].split("; ")
    assert f"connect-src 'self' https://cognito-idp.{REGION}.amazonaws.com" in policy
    assert {"script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"} <= set(policy)


@pytest.fixture
def storefront(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(site, "STOREFRONT", tmp_path)
    (tmp_path / "index.html").write_text("<title>CloudShelf</title>")
    return tmp_path


def test_hidden_files_stay_at_home(storefront: Path) -> None:
    (storefront / ".cache").mkdir()
    (storefront / ".cache" / "page.html").write_text("")
    (storefront / ".DS_Store").write_text("")
    assert list(site.files()) == [storefront / "index.html"]


def test_a_storefront_without_a_home_page_is_refused(storefront: Path) -> None:
    (storefront / "index.html").unlink()
    with pytest.raises(FileNotFoundError, match=r"storefront/index\.html is missing"):
        site.files()


def test_a_config_json_of_ones_own_is_refused(storefront: Path) -> None:
    (storefront / "config.json").write_text("{}")
    with pytest.raises(FileExistsError, match=r"storefront/config\.json: remove it"):
        site.files()
