"""`python -m painrules`."""

from painrules.start import main

main()
