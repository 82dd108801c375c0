import subprocess
import sys

PROGRAM = """
import sys
from pathlib import Path
from fraud.settings import RegistrySettings, ScorerSettings, Settings
from scorer.service import ScorerService

home = Path(sys.argv[1])
registry = RegistrySettings(directory=home / "bundles")
service = ScorerService(Settings(home=home, scorer=ScorerSettings(port=0), registry=registry))
service.start()
service.stop()
assert "confluent_kafka" not in sys.modules
"""


def test_a_scorer_that_follows_no_topic_needs_no_client_of_kafka(tmp_path: object) -> None:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
