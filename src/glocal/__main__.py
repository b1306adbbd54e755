"""``python -m glocal`` is the command line."""

from glocal.cli import main

main()
