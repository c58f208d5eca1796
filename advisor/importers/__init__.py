"""Files of other tools in. What a file does not say is asked for, never guessed."""
