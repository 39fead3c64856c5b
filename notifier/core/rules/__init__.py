"""The rule language and the engine that judges calls by it."""
