"""https://docs.bentoml.com/en/latest/build-with-bentoml/services.html; a worker a core."""

import bentoml
import numpy as np
import session


@bentoml.service(workers="cpu_count")
class Fraud:
    """The model on ONNX Runtime."""

    def __init__(self) -> None:
        self._session = session.load()

    @bentoml.api
    async def predict(self, features: list[float | None]) -> float:
        """The probability of fraud."""
        return session.probability(self._session, np.array([features], dtype=np.float32))
