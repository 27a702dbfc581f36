"""Pinned mode, for tests of other programs: a server with the same answers in every run, that fails on request; and the
pytest plugin that starts it (in `plugin`, installed as a module of its own).
"""
