"""The wizard and its pages: the only package that imports Streamlit."""
