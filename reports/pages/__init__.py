"""The static site: certificate pages, matrix, heat map and trend from results files alone.

Law: a page is one file without scripts that asks nobody for anything, and shows no number the results do not hold.
"""
