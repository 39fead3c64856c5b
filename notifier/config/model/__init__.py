"""The contract as types: one model a section, each field with its meaning and default."""
