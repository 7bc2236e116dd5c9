"""Names that a reader takes for one another have one outline."""

import pytest

from router.core.likeness import is_full, outline

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    "name",
    [
        "Ana Petrenko", "ANA  PETRENKO", "ana.petrenko", "Аna Реtrenko", "Αna Petrenko",
        "Ána Petrenko", "Ａna Petrenko",
    ],
)  # fmt: skip
def test_names_that_read_alike(name: str) -> None:
    assert outline(name) == "ana petrenko"


def test_other_names_and_first_names_alone() -> None:
    assert outline("Anna Petrenko") != outline("Ana Petrenko")
    assert outline("Олена Бондар") == outline("олена бондар")
    assert not is_full("Ana")
    assert not is_full("")
    assert is_full("Ana Petrenko")
