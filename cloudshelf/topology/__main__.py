"""`python -m cloudshelf.topology`: draws the pictures of docs/images anew."""

from cloudshelf.graph.stacks import ROOT
from cloudshelf.topology.pictures import PICTURES, drawn

if __name__ == "__main__":
    for stack, path in PICTURES.items():
        (ROOT / path).write_text(drawn(stack), encoding="utf-8")
