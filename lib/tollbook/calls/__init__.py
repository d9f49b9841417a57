"""The calls themselves: asked for by conditions, read page by page, and one of them opened."""
