"""What `make bench` runs: each figure beside its limit, as ratios of one run. The program imports nothing of it."""
