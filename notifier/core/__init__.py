"""The pure heart: what calls, rules, alerts and deliveries are, and each decision about them."""
