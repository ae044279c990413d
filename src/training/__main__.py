"""`python -m training` and the `training` command."""

from training.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
