"""A clause is in a statement only when it filters; its values are parameters."""

from training.kernel import searching
from training.kernel.clauses import Clauses
from training.kernel.searching import SearchedWord, words_of_search


def test_nothing_asked_filters_nothing() -> None:
    assert str(Clauses()) == "true"


def test_each_value_has_its_place() -> None:
    where = Clauses("state <> 'draft'")
    where.add("(starts_at, id) > ({}, {})", "then", 4)
    where.add("offer = {}", "velo")
    limit = where.value(50)
    assert str(where) == "state <> 'draft' and (starts_at, id) > ($1, $2) and offer = $3"
    assert (limit, where.values) == ("$4", ["then", 4, "velo", 50])


def test_a_pasted_text_is_a_few_words() -> None:
    assert [word.text for word in words_of_search("a-b c’est l_eau %")] == ["%a b%", "%c est%", "%l eau%"]
    assert words_of_search("d'un 42 (7)") == [
        SearchedWord("%d un%", short=False),
        SearchedWord("42", short=True),
        SearchedWord("7", short=True),
    ]
    assert words_of_search("%") == [SearchedWord("%", short=True)]
    assert words_of_search("' —") == []
    assert len(words_of_search("mot " * 5_000)) == searching.MOST
