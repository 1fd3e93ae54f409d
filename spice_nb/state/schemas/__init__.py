"""The files that panels and the command line read and write, one a module: their fields, and their older versions.

Start with `plain.py`, which checks plain data against a schema and says in one sentence what is wrong. What a field
may be is written as its type, with pydantic; where the field is a class of ours, such as `Mechanism`, that class is
the schema. May import what the files are about, and nothing of panels.
"""
