"""Operating points: the measured frontier, reading between its knots, and what cannot be read."""
