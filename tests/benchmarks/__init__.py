"""The harness of the benchmarks: what it makes of measurements. Nothing here is timed."""
