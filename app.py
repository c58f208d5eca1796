"""The wizard's entry: page set-up and navigation only. Start with ``make run``."""

import streamlit as st

from advisor.ui.wizard import wizard_page

st.set_page_config(page_title="GPU migration advisor", layout="wide")
st.navigation([st.Page(wizard_page, title="Advisor", url_path="advisor", default=True)], position="hidden").run()
