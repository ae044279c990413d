"""The words of all documents that a search knows: here they are forgotten, once nothing has them any more."""

from __future__ import annotations

from training.kernel import db


async def forget_words() -> None:
    """Forget words that nothing is found by any more: a name that was taken away is nobody's suggestion."""
    async with db.atomic():
        await db.execute("select forget_search_words()")
