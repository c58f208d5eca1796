"""Colours that hold on the page's own background, light and dark. Colour never stands alone: words and shapes go with it."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st


@dataclass(frozen=True)
class Palette:
    """One accent for what is advised, one for today, greys for the rest, amber to look, red for what fails."""

    accent: str
    today: str
    other: str
    rule: str
    text: str
    amber: str
    red: str
    background: str


LIGHT = Palette("#0b5cad", "#a14e00", "#6b7280", "#4b5563", "#31333f", "#8a5a00", "#b3261e", "#ffffff")
DARK = Palette("#6fb1f2", "#f0a35c", "#a3abb8", "#c3c9d2", "#fafafa", "#e8b64c", "#ff8a80", "#0e1117")


def palette() -> Palette:
    """The palette of the theme the visitor sees."""
    return DARK if st.context.theme.type == "dark" else LIGHT
