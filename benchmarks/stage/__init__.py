"""What the benchmarks share: a page to decode, rules to judge by, and a process to talk to."""
