"""Every control as data, a module for each group of AWS services."""
