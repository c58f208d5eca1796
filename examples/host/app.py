"""A host's Streamlit app with the advisor as one of its pages: the host keeps the page set-up and the navigation.

Run it with ``streamlit run examples/host/app.py`` from an environment that has the advisor installed.
"""

import streamlit as st

from advisor.ui.wizard import wizard_page


def home() -> None:
    """The host's own page."""
    st.title("Capacity planning")
    st.write("One page of this app is the GPU migration advisor.")
    st.text_input("Cost centre", key="cost_centre")


st.set_page_config(page_title="Capacity planning")
st.navigation([st.Page(home, title="Home", default=True), st.Page(wizard_page, title="GPU migration", url_path="gpu")]).run()
