"""A clause is in a statement only when it filters; its values are parameters."""

from training.kernel.clauses import Clauses


def test_nothing_asked_filters_nothing() -> None:
    assert str(Clauses()) == "true"


def test_each_value_has_its_place() -> None:
    where = Clauses("state <> 'draft'")
    where.add("(starts_at, id) > ({}, {})", "then", 4)
    where.add("offer = {}", "velo")
    limit = where.value(50)
    assert str(where) == "state <> 'draft' and (starts_at, id) > ($1, $2) and offer = $3"
    assert (limit, where.values) == ("$4", ["then", 4, "velo", 50])
