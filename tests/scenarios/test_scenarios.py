"""Each scenario of the tables beside this file, in books of its own."""
from pathlib import Path

import pytest
from table import Player, read

SCENARIOS = [scenario for path in sorted(Path(__file__).parent.glob("*.txt")) for scenario in read(path)]


def test_names_are_not_given_twice():
    names = [scenario.name for scenario in SCENARIOS]
    assert names and sorted(names) == sorted(set(names))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=[scenario.name for scenario in SCENARIOS])
def test_scenario(make_books, scenario):
    Player(make_books).play(scenario)
