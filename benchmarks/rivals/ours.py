"""The platform's own scorer, and what is left of it without features and outbox."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import grpc

from benchmarks.load.case import chosen_edge
from benchmarks.load.server import install, running_scorer
from benchmarks.rivals.calls import Answer, Method
from benchmarks.rivals.contender import Checked, Reload, Running
from benchmarks.rivals.material import Material
from benchmarks.rivals.recomputed import Recomputed
from fraud.settings import Settings
from fraud.v1.admin_pb2 import PingRequest, ReloadModelRequest
from fraud.v1.admin_pb2_grpc import AdminServiceStub
from scorer.model.bundle import ModelBundle
from scorer.model.source import CHAMPION

SCORE = Method("grpc", "/fraud.v1.ScoringService/Score")
PING = Method("grpc", "/fraud.v1.AdminService/Ping")
RELOAD_SECONDS = 8.0


@dataclass(frozen=True, slots=True)
class Scorer:
    """A whole score: look-up, features, model, decision, outbox."""

    name: str = "ours, Score: features, model, decision, durable"
    method: Method = SCORE

    def versions(self) -> dict[str, str]:
        """Of what it serves with."""
        return {name: version(name) for name in ("grpcio", "onnxruntime")} | {
            "edge": chosen_edge().name
        }

    def bodies(self, material: Material) -> Sequence[bytes]:
        """The payments."""
        return material.requests

    @contextmanager
    def running(self, home: Path, material: Material) -> Iterator[Running]:
        """See :class:`~benchmarks.rivals.contender.Contender`."""
        install(home, material.state, material.first.bundle)
        with running_scorer(home, chosen_edge()) as server:
            recomputed = Recomputed(Settings(home=home).outbox_path, material)

            def reload() -> None:
                exchange(home / "models" / CHAMPION, material.second.bundle)
                with grpc.insecure_channel(server.target) as channel:
                    AdminServiceStub(channel).ReloadModel(ReloadModelRequest(), timeout=30)

            yield Running(
                target=server.target,
                members=lambda: [server.process_id],
                check=recomputed.check,
                reload=Reload("ReloadModel", reload, RELOAD_SECONDS),
            )


@dataclass(frozen=True, slots=True)
class NullCall:
    """A call to the same server that does nothing: what its edge costs."""

    name: str = "ours, Ping: a call that does nothing"
    method: Method = PING

    def versions(self) -> dict[str, str]:
        """Of the edge."""
        return Scorer().versions()

    def bodies(self, material: Material) -> Sequence[bytes]:
        """As many bytes as the payments', to within two."""
        return [_padded(len(request)) for request in material.requests]

    @contextmanager
    def running(self, home: Path, material: Material) -> Iterator[Running]:
        """See :class:`~benchmarks.rivals.contender.Contender`."""

        def check(_: int, answers: Sequence[Answer]) -> Checked:
            return Checked(sum(answer.code == 0 and answer.body != b"" for answer in answers), 0)

        with Scorer().running(home, material) as scorer:
            yield Running(scorer.target, scorer.members, check)


def exchange(folder: Path, bundle: ModelBundle) -> None:
    """Put another bundle where one is, in one step after all its files are there."""
    new, old = folder.with_name("new"), folder.with_name("old")
    bundle.write(new)
    folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old)


def _padded(length: int) -> bytes:
    padding = b"\0" * max(0, length - 2)
    return PingRequest(padding=padding).SerializeToString()
