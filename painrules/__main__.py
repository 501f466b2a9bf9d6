"""`python -m painrules`."""

from painrules.commands import main

main()
