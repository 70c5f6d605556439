"""Every number Whence claims, and the programs that measure it: `python -m benchmarks.run`."""
