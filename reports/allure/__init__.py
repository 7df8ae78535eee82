"""The results of a run as an Allure report: one file, without analytics, that asks the network for nothing.

Law: Allure shows evidence and decides nothing; verdict and counts are those of the results file. Its pass rate leaves
out what was skipped, so no number of it is ever quoted.
"""
