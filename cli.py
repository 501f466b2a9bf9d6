#!/usr/bin/env python3
"""The entry point of a checkout: `python cli.py explore` is the same as the installed command `painrules explore`."""

from painrules.start import main

if __name__ == "__main__":
    main()
