"""What `make bench` runs: each figure beside its limit, as ratios measured in one run. Nothing here is imported by the program."""
