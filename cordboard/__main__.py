"""`python -m cordboard`, the same as `cordboard`."""

from cordboard.command import main

if __name__ == "__main__":
    main()
