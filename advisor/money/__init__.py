"""The business case: month by month, uncertain, against buying tokens. Closed formulas, one a row across time."""
