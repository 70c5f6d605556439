"""`python -m whence` is the same as `whence`."""

from whence.app import main

if __name__ == "__main__":
    main()
