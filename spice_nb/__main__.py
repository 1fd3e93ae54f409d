"""`python -m spice_nb` is the command line."""

from spice_nb.cli import main

if __name__ == "__main__":
    main()
