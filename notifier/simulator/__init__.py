"""A PBX with the vendor's real manners, for the demo, the tests and the benchmarks."""
