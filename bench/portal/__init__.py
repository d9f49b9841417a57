"""The portal beside Streamlit and Panel: the same four graphs of the same calls, in the same browser."""
