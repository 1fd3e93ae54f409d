"""From a file of any kind to a table of text.

Start with `read_table.py`. `file_formats.py` says what a file is by its content, `text_encoding.py` and
`text_layout.py` how text is to be read, `table_layout.py` where in it the table is, `several_files.py` how files of
several people become one; `read_limits.py` refuses what is too large.

May import: exceptions.
"""
