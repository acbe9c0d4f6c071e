"""A captured graph as the plan Terraform would show of it, for tools that read nothing else."""

from cloudshelf.terraform.plan import address, to_plan

__all__ = ["address", "to_plan"]
