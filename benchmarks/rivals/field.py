"""Who is in the comparison, each set up as its own documentation advises."""

import json
import os
import signal
import struct
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.request import Request, urlopen

from benchmarks.rivals.calls import Method
from benchmarks.rivals.processes import Session
from benchmarks.rivals.rival import Place, Rival, json_row
from benchmarks.rivals.wire import METHOD, infer_request, probability_of

HOST = "127.0.0.1"


def rivals(environments: Path) -> list[Rival]:
    """The model servers."""
    return [
        fastapi(environments),
        mlserver(environments, workers=1),
        mlserver(environments, workers=0),
        bentoml(environments),
        litserve(environments),
        mlflow(environments),
    ]


def model_alone(environment: Path) -> Rival:
    """Not a rival: the same model on the platform's own kind of edge, and nothing else."""

    def command(place: Place) -> Sequence[str]:
        return [str(place.python), str(_served("plain_grpc.py")), str(place.port)]

    return Rival(
        name="ours, the model alone on grpcio",
        folder=environment,
        packages=("grpcio", "onnxruntime"),
        method=Method("grpc", "/model/Run"),
        body=lambda row: row.tobytes(),
        probability=lambda answer: float(struct.unpack("f", answer)[0]),
        command=command,
        restart_seconds=0,
    )


def fastapi(environments: Path) -> Rival:
    """A worker a core; SIGHUP exchanges them one by one."""

    def command(place: Place) -> Sequence[str]:
        return [
            place.program("uvicorn"), "fastapi_app:app", "--host", HOST, "--port", str(place.port),
            "--workers", "2", "--no-access-log", "--log-level", "warning",
        ]  # fmt: skip

    return Rival(
        name="FastAPI + onnxruntime, 2 workers",
        folder=environments / "fastapi",
        packages=("fastapi", "uvicorn", "onnxruntime"),
        method=Method("http", "/predict"),
        body=json_row("features", nested=False),
        probability=lambda answer: float(json.loads(answer)["probability"]),
        command=command,
        reload=("SIGHUP, workers by turns", _hang_up),
    )


def mlserver(environments: Path, workers: int) -> Rival:
    """With one process for inference beside the server's, its default, or with none."""

    def command(place: Place) -> Sequence[str]:
        return [place.program("mlserver"), "start", str(place.home)]

    def prepare(place: Place, _: Mapping[str, str]) -> None:
        settings = {
            "host": HOST, "http_port": place.spare[0], "grpc_port": place.port, "debug": False,
            "metrics_port": place.spare[1], "parallel_workers": workers,
        }  # fmt: skip
        model = {"name": "fraud", "implementation": "mlserver_model.OnnxModel"}
        (place.home / "settings.json").write_text(json.dumps(settings))
        (place.home / "model-settings.json").write_text(json.dumps(model))

    def load_again(place: Place, _: Session) -> None:
        url = f"http://{HOST}:{place.spare[0]}/v2/repository/models/fraud/load"
        with urlopen(Request(url, method="POST"), timeout=60):
            pass

    return Rival(
        name=f"MLServer, gRPC, {'in process' if workers == 0 else 'default workers'}",
        folder=environments / "mlserver",
        packages=("mlserver", "grpcio", "onnxruntime"),
        method=Method("grpc", METHOD),
        body=infer_request,
        probability=probability_of,
        command=command,
        prepare=prepare,
        reload=("repository API", load_again),
    )


def bentoml(environments: Path) -> Rival:
    """A worker a core."""

    def command(place: Place) -> Sequence[str]:
        return [
            place.program("bentoml"), "serve", "bentoml_service:Fraud", "--host", HOST,
            "--port", str(place.port),
        ]  # fmt: skip

    return Rival(
        name="BentoML, a worker a core",
        folder=environments / "bentoml",
        packages=("bentoml", "uvicorn", "onnxruntime"),
        method=Method("http", "/predict"),
        body=json_row("features", nested=False),
        probability=lambda answer: float(json.loads(answer)),
        command=command,
    )


def litserve(environments: Path) -> Rival:
    """Two workers, as many servers before them, the queue advised for short calls."""

    def command(place: Place) -> Sequence[str]:
        return [str(place.python), str(_served("litserve_server.py")), str(place.port)]

    return Rival(
        name="LitServe, 2 workers",
        folder=environments / "litserve",
        packages=("litserve", "uvicorn", "onnxruntime"),
        method=Method("http", "/predict"),
        body=json_row("features", nested=False),
        probability=lambda answer: float(json.loads(answer)["probability"]),
        command=command,
    )


def mlflow(environments: Path) -> Rival:
    """Its ONNX flavour, with one worker as it comes.

    With more, uvicorn hands its workers a socket on which asyncio sets no TCP_NODELAY, and every
    answer waits 40 ms for the client's acknowledgement.
    """

    def command(place: Place) -> Sequence[str]:
        return [
            place.program("mlflow"), "models", "serve", "-m", str(place.home / "model"),
            "--host", HOST, "-p", str(place.port), "--env-manager", "local",
        ]  # fmt: skip

    def prepare(place: Place, environment: Mapping[str, str]) -> None:
        save = [str(place.python), str(_served("mlflow_save.py")), str(place.home / "model")]
        subprocess.run(save, env=dict(environment), check=True, capture_output=True)

    return Rival(
        name="mlflow models serve",
        folder=environments / "mlflow",
        packages=("mlflow", "uvicorn", "onnxruntime"),
        method=Method("http", "/invocations"),
        body=json_row("inputs", nested=True),
        probability=_mlflow_probability,
        command=command,
        prepare=prepare,
        restart_seconds=25.0,
    )


def _mlflow_probability(answer: bytes) -> float:
    predictions = json.loads(answer)["predictions"]
    values = predictions["probability"] if isinstance(predictions, dict) else predictions
    while isinstance(values, list):
        values = values[-1]
    return float(values)


def _hang_up(_: Place, session: Session) -> None:
    os.kill(session.process.pid, signal.SIGHUP)


def _served(name: str) -> Path:
    return Path(__file__).parent / "served" / name
