import pytest
from station import Station


@pytest.fixture
def station(tmp_path):
    return Station(tmp_path / "it's a station")
