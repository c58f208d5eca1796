"""One module a step of the wizard: what it asks, and what it writes into the scenario."""
