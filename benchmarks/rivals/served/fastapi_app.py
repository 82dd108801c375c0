"""The usual design: FastAPI on uvicorn with ONNX Runtime inside.

A worker a core, and SIGHUP to exchange workers one by one (https://www.uvicorn.org/deployment/).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
import session
from fastapi import FastAPI, Request
from pydantic import BaseModel


class Payment(BaseModel):
    """A feature row; null is missing."""

    features: list[float | None]


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """https://fastapi.tiangolo.com/advanced/events/."""
    app.state.model = session.load()
    yield


app = FastAPI(lifespan=lifespan)


# Not `def`: a thread's hand-over would cost more than the model does.
@app.post("/predict")
async def predict(payment: Payment, request: Request) -> dict[str, float]:
    """The probability of fraud."""
    rows = np.array([payment.features], dtype=np.float32)
    return {"probability": session.probability(request.app.state.model, rows)}
