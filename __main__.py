"""`python -m stratafolio`: the same as the command `stratafolio`."""

from .cli.start import main

if __name__ == "__main__":
    main()
