"""Fuzzing: one module per entry point of what peers send, each with its invariant in line 1.

``check(data)`` of such a module raises AssertionError where the invariant breaks; what it lets pass are the
errors that the docstring of the function under test names. ``python -m tests.fuzz.run`` runs them.

DIDL-Lite goes through the door to XML alone, as no profile is built yet that would make objects of it.
"""
