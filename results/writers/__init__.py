"""Sheets as a screen, a page, a workbook, tables, a document."""
