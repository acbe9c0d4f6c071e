"""`python -m cloudshelf.cfn_lint .build/checkov/bin/cfn-lint`: AWS's own linter, for policies and state machines.

Every IAM policy, trust policy and state machine of the stacks is put into CloudFormation templates, which is what
cfn-lint reads. Twins that are known to be wrong go with them: a linter that finds nothing there has not looked.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cloudshelf.controls.stacks import EVERYTHING, MOVES
from cloudshelf.graph import Graph
from cloudshelf.graph.stacks import stack_graph

ROLE_POLICY, ROLE, MACHINE = "aws:iam/rolePolicy:RolePolicy", "aws:iam/role:Role", "aws:sfn/stateMachine:StateMachine"
TRUSTED = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
NOTHING = {"Version": "2012-10-17", "Statement": []}
# An ARN that stands for one of a resource not made yet.
ARN = "arn:aws:iam::123456789012:role/it"
Template = dict[str, Any]


@dataclass(frozen=True, order=True)
class Finding:
    """`rule` is cfn-lint's, such as E3510; `resource` the stack's and the resource's name."""

    resource: str
    rule: str
    message: str


def template(graph: Graph) -> Template:
    """A stack's policies, trust policies and state machines."""
    resources: dict[str, Any] = {}
    for node in graph.nodes.values():
        if node.type == ROLE_POLICY:
            resources[node.name] = _policy(_parsed(node.inputs["policy"]))
        elif node.type == ROLE:
            resources[node.name] = _role(_parsed(node.inputs["assumeRolePolicy"]))
        elif node.type == MACHINE:
            resources[node.name] = _machine(_parsed(node.inputs["definition"]))
    return _template(resources)


def twins() -> Template:
    """What is wrong on purpose, each in a way of its own."""
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    states = {"One": {"Type": "Pass", "End": True}}
    return _template(
        {
            "unknown-action": _policy({**NOTHING, "Statement": [{**statement, "Action": "s3:FetchObject"}]}),
            "unknown-effect": _policy({**NOTHING, "Statement": [{**statement, "Effect": "Permit"}]}),
            "no-resource": _policy({**NOTHING, "Statement": [{"Effect": "Allow", "Action": "s3:GetObject"}]}),
            "trusts-a-resource": _role({"Statement": [{**TRUSTED, "Resource": "*"}]}),
            "no-such-type": _machine({"StartAt": "One", "States": {"One": {"Type": "Nap", "End": True}}}),
            "no-start": _machine({"States": states}),
            "starts-nowhere": _machine({"StartAt": "Two", "States": states}),
        }
    )


def lint(cfn_lint: Path, templates: Mapping[str, Template]) -> list[Finding]:
    """What cfn-lint finds; RuntimeError where it could not look."""
    with tempfile.TemporaryDirectory() as folder:
        for name, each in templates.items():
            (Path(folder) / f"{name}.json").write_text(json.dumps(each))
        files = [str(Path(folder) / f"{name}.json") for name in templates]
        command = [str(cfn_lint), "--format", "json", "--", *files]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        found = json.loads(done.stdout)
    except ValueError:
        raise RuntimeError(f"cfn-lint ended with {done.returncode}: {done.stderr.strip()[-500:]}") from None
    return sorted({_finding(each, templates) for each in found})


def _finding(found: Mapping[str, Any], templates: Mapping[str, Template]) -> Finding:
    stack = Path(found["Filename"]).stem
    path = found["Location"].get("Path") or []
    logical = path[1] if len(path) > 1 else ""
    name = templates[stack]["Resources"].get(logical, {}).get("Metadata", {}).get("name", logical)
    return Finding(f"{stack}: {name}", found["Rule"]["Id"], found["Message"])


def _template(resources: Mapping[str, Any]) -> Template:
    named = {}
    for number, (name, resource) in enumerate(resources.items()):
        named[f"R{number}"] = {**resource, "Metadata": {"name": name}}
    return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": named}


def _policy(document: Any) -> dict[str, Any]:
    return {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document}}


def _role(document: Any) -> dict[str, Any]:
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": document}}


def _machine(definition: Any) -> dict[str, Any]:
    return {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"RoleArn": ARN, "Definition": definition}}


def _parsed(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _complaints(cfn_lint: Path) -> Iterator[str]:
    graphs = {stack: stack_graph(stack) for stack in ("phase1", "enhanced", "phase2")}
    graphs["phase2-everything"] = stack_graph("phase2", EVERYTHING)
    graphs |= {f"{stack}-moving": stack_graph(stack, settings) for stack, settings in MOVES.items()}
    templates = {name: template(graph) for name, graph in graphs.items()}
    found = lint(cfn_lint, {**templates, "twins": twins()})
    noticed = {each.resource for each in found}
    for name in (twin["Metadata"]["name"] for twin in twins()["Resources"].values()):
        if f"twins: {name}" not in noticed:
            yield f"known-bad twins: cfn-lint says nothing of {name}"
    for each in found:
        if not each.resource.startswith("twins:"):
            yield f"{each.resource}: {each.rule} {each.message}"
    count = sum(len(each["Resources"]) for each in templates.values())
    print(f"cfn-lint looked at {count} policies, roles and state machines of {len(templates)} stacks.")


if __name__ == "__main__":
    complaints = list(_complaints(Path(sys.argv[1])))
    print("\n".join(complaints))
    sys.exit(bool(complaints))
