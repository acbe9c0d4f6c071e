"""The policy pack: `pulumi preview --policy-pack policies`."""

from controls.pack import running_phase, running_settings, to_policies
from controls.tables import CONTROLS
from pulumi_policy import PolicyPack

PolicyPack("cloudshelf", to_policies(CONTROLS, running_phase(), running_settings()))
