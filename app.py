"""Page set-up and navigation only. Start with ``make run``."""

import streamlit as st

from advisor.ui import advisor_pages

st.set_page_config(page_title="GPU migration advisor", layout="wide")
st.navigation(advisor_pages(default="wizard"), position="top").run()
