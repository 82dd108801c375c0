"""https://lightning.ai/docs/litserve; a worker a core, and the queue advised for short calls."""

import sys
from typing import Any

import litserve
import numpy as np
import session


class Fraud(litserve.LitAPI):
    """The model on ONNX Runtime."""

    def setup(self, device: str) -> None:
        """Once in each worker."""
        self._session = session.load()

    def decode_request(self, request: dict[str, Any]) -> np.ndarray:
        """A feature row; null is missing."""
        return np.array([request["features"]], dtype=np.float32)

    def predict(self, rows: np.ndarray) -> float:
        """The probability of fraud."""
        return session.probability(self._session, rows)

    def encode_response(self, output: float) -> dict[str, float]:
        """As JSON."""
        return {"probability": output}


if __name__ == "__main__":
    server = litserve.LitServer(Fraud(), accelerator="cpu", workers_per_device=2, fast_queue=True)
    server.run(
        host="127.0.0.1", port=int(sys.argv[1]), generate_client_file=False, log_level="warning"
    )
