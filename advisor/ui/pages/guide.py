"""guide"""

import streamlit as st


def guide_page() -> None:
    """Guide"""
    st.header("guide", anchor=False)
