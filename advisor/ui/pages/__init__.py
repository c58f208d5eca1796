"""One module a page of the menu."""
