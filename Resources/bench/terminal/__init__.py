"""Measures a program that runs in a terminal: its keys, its output, its processes, and how it ends."""
