"""Benchmarks: each figure beside a reference measured in the same run, as a ratio or a count.

python -m benchmarks [--quick] [NAME...]
"""
