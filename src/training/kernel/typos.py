"""How far one word is from another, in slips of the finger. No I/O."""

from __future__ import annotations

SURE = 4  # letters from which one slip is forgiven
LONG = 6  # and from which two are
ENDING = 3  # letters at the end of a long word that may be others: « covoiturage », « covoiturer »
WITH_ENDING = 9  # letters of a word that is so long


def forgiven(word: str) -> int:
    """How many slips a word of this length may have."""
    return 0 if len(word) < SURE else 1 if len(word) < LONG else 2


def close(typed: str, meant: str) -> bool:
    """Whether `meant` may have been meant."""
    return typed != meant and slips(typed, meant) <= forgiven(typed)


def akin(typed: str, meant: str) -> bool:
    """Whether a long word begins as the other does, but for its ending."""
    return len(typed) >= WITH_ENDING and meant.startswith(typed[:-ENDING])


def slips(typed: str, meant: str) -> int:
    """Letters that are missing, too many, others, or two the wrong way round (optimal string alignment)."""
    before: list[int] = []
    last = list(range(len(meant) + 1))
    for i, letter in enumerate(typed, 1):
        now = [i]
        for j, other in enumerate(meant, 1):
            cost = min(last[j] + 1, now[j - 1] + 1, last[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == meant[j - 2] and typed[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            now.append(cost)
        before, last = last, now
    return last[-1]
