"""A host's Streamlit app with the advisor's pages beside its own: the host keeps the page set-up and the navigation.

Run it with ``streamlit run examples/host/app.py`` from an environment that has the advisor installed.
"""

import streamlit as st

from advisor.ui import advisor_pages


def home() -> None:
    """The host's own page."""
    st.title("Capacity planning")
    st.write("The other pages of this app are the GPU migration advisor.")
    st.text_input("Cost centre", key="cost_centre")


st.set_page_config(page_title="Capacity planning")
st.navigation([st.Page(home, title="Home", default=True), *advisor_pages(url_prefix="gpu-")]).run()
