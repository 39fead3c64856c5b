"""Questions about calls: how they are read, what they look at, and how their answers look."""
