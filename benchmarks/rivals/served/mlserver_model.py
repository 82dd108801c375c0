"""MLServer has no runtime for ONNX: a custom one (https://docs.seldon.ai/mlserver/user-guide/custom)."""

import numpy as np
import session
from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceRequest, InferenceResponse


class OnnxModel(MLModel):
    """The model on ONNX Runtime."""

    async def load(self) -> bool:
        """Also what a load by the repository API calls, on a new instance."""
        self._session = session.load()
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        """The probability of fraud."""
        rows = NumpyCodec.decode_input(payload.inputs[0])
        found = np.array([session.probability(self._session, rows)], dtype=np.float32)
        output = NumpyCodec.encode_output("probability", found)
        return InferenceResponse(model_name=self.name, outputs=[output])
