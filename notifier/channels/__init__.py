"""The ways out: each takes a parcel and answers Delivered or Failed."""
