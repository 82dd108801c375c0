"""What a local broker has on disk: its settings, its data, and who runs on them."""

import base64
import fcntl
import os
import re
import signal
import subprocess
import time
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path

from fraud.errors import StartError
from fraud.local.port import HOST
from fraud.local.turn import turn

SETTINGS = Path(__file__).with_name("kafka.properties")
STOP_SECONDS = 30.0
POLL_SECONDS = 0.05


class BrokerFolder:
    """The folder of one broker.

    Args:
        folder: Made when it is first written to.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.properties_path = self.folder / "server.properties"
        self.log_path = self.folder / "kafka.log"
        self._data = self.folder / "data"
        self._pid_path = self.folder / "kafka.pid"

    def write_properties(
        self, port: int, controller_port: int, extra: Mapping[str, str] | None = None
    ) -> None:
        """Write what the broker reads at its start.

        Args:
            port: That clients speak to.
            controller_port: That the broker speaks to itself on.
            extra: Settings over ours, by Kafka's names.
        """
        places = {
            "listeners": f"CLIENT://{HOST}:{port},CONTROLLER://{HOST}:{controller_port}",
            "advertised.listeners": f"CLIENT://{HOST}:{port}",
            "controller.quorum.voters": f"1@{HOST}:{controller_port}",
            "log.dirs": str(self._data),
        }
        lines = [f"{name}={value}" for name, value in (places | dict(extra or {})).items()]
        self.folder.mkdir(parents=True, exist_ok=True)
        self.properties_path.write_text(
            "\n".join([SETTINGS.read_text(encoding="utf-8"), *lines, ""]), encoding="utf-8"
        )

    def port(self) -> int | None:
        """The port that the settings on disk name; None when there are none."""
        return self._number(self.properties_path, r"^advertised\.listeners=CLIENT://[^:]+:(\d+)$")

    def running_pid(self) -> int | None:
        """Process id of the broker that runs on this folder; None when none does.

        A broker locks its data as long as it lives, so a number left behind by a crash is not
        taken for a broker. Ask in one's turn alone: asking locks the data for a moment.
        """
        lock = self._data / ".lock"
        if not lock.exists():
            return None
        with lock.open("r+b") as file:
            try:
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                return self._number(self._pid_path, r"^(\d+)$")
        return None

    def write_pid(self, pid: int) -> None:
        """Keep the process id of the broker that was started."""
        self._pid_path.write_text(f"{pid}\n", encoding="utf-8")

    def format(self, java: Sequence[str]) -> None:
        """Prepare the storage, once.

        Args:
            java: Command that runs a class of Kafka's, whose name follows.

        Raises:
            StartError: Kafka refuses the settings or the folder.
        """
        if (self._data / "meta.properties").exists():
            return
        identity = new_cluster_id()
        # With "=", since an identity may begin with a dash.
        settings = [f"--cluster-id={identity}", f"--config={self.properties_path}"]
        with self.log_path.open("ab") as log:
            done = subprocess.run(
                [*java, "kafka.tools.StorageTool", "format", *settings],
                stdout=log,
                stderr=log,
                check=False,
            )
        if done.returncode:
            raise StartError("Kafka", "its storage cannot be prepared", self.log_path, self._told())

    def cluster_id(self) -> str | None:
        """What the broker of this folder calls its cluster; None before it is formatted."""
        return self._find(self._data / "meta.properties", r"^cluster\.id=(.+)$")

    def _told(self) -> str:
        return "\n".join(self.log_path.read_text(errors="replace").splitlines()[-20:])

    def _number(self, path: Path, pattern: str) -> int | None:
        found = self._find(path, pattern)
        return int(found) if found else None

    def _find(self, path: Path, pattern: str) -> str | None:
        if not path.exists():
            return None
        found = re.search(pattern, path.read_text(encoding="utf-8"), re.MULTILINE)
        return found[1] if found else None


def new_cluster_id() -> str:
    """A random name of a cluster, in Kafka's form: 22 characters of URL-safe base64."""
    return base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")


def find_broker(folder: Path) -> tuple[int, str] | None:
    """Process id and address of the broker that runs on a folder; None when none does."""
    disk = BrokerFolder(folder)
    if not disk.folder.exists():
        return None
    with turn(disk.folder):
        pid = disk.running_pid()
    return None if pid is None else (pid, f"{HOST}:{disk.port()}")


def stop_broker(folder: Path) -> int | None:
    """End the broker that runs on a folder, whoever started it; at once if it takes over 30 s.

    Returns:
        The process id that it had; None when none ran.
    """
    found = find_broker(folder)
    if found is None:
        return None
    os.kill(found[0], signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while find_broker(folder) is not None:
        if time.monotonic() > deadline:
            os.kill(found[0], signal.SIGKILL)
        time.sleep(POLL_SECONDS)
    return found[0]
