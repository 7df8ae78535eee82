"""The vocabulary every connector speaks. Law: no I/O, no clock, and nothing of ours from outside this folder."""
