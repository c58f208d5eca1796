"""evidence"""

import streamlit as st


def evidence_page() -> None:
    """Evidence"""
    st.header("evidence", anchor=False)
