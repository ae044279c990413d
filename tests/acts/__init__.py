"""`python -m tests.acts`: every everyday act of the office, done in Chromium by what is shown, and what each one costs.

Not part of the suite: it makes the demonstration town and takes minutes. `python -m tests.acts telephone` does those
whose group or name holds the word.
"""

import sys
from pathlib import Path

_TESTS = Path(__file__).parents[1]
sys.path[1:1] = [str(_TESTS), str(_TESTS / "e2e")]  # as pytest has them
