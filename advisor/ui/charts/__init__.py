"""Charts: small functions over plain rows. Direct labels, the target as a named line, a band for the 80 % interval."""
