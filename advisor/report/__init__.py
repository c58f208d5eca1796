"""Renderers over one Decision: words, text tables, JSON, the workbook."""
