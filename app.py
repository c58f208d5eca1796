"""Page set-up and navigation only. Start with ``make run``."""

import streamlit as st
from threadpoolctl import threadpool_limits

from advisor.ui import advisor_pages

# Streamlit writes these in the primary colour: on the dark ground that is below 4.5:1 for any shade that carries white.
READABLE = """<style>
[data-testid="stSliderThumbValue"], [data-testid="stSliderThumbValue"] p { color: inherit; }
button[data-selected="true"] { color: inherit !important; font-weight: 600; }
</style>"""


@st.cache_resource(show_spinner=False)
def one_blas_thread() -> None:
    """Once per server: sessions share the cores, and on small matrices BLAS threads mostly wait for one another."""
    threadpool_limits(1, user_api="blas")


st.set_page_config(page_title="GPU migration advisor", layout="wide")
one_blas_thread()
st.html(READABLE)
st.navigation(advisor_pages(default="wizard"), position="top").run()
