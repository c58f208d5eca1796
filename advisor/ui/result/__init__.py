"""The result page, one module a part: head, differences, options, what-if, charts, take-away."""
