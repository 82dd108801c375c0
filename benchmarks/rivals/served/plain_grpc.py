"""The model alone on the platform's own edge: float32 values in, one float32 out.

In the platform's environment; what a score costs without features, decision and outbox.
"""

import sys
from concurrent.futures import ThreadPoolExecutor

import grpc
import numpy as np
import session

THREADS = 2  # as many as the scorer has


class Handler(grpc.GenericRpcHandler):
    """One method, no contract."""

    def __init__(self) -> None:
        self._session = session.load()

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler:
        """Whatever is called."""
        return grpc.unary_unary_rpc_method_handler(self._answer)

    def _answer(self, request: bytes, context: grpc.ServicerContext) -> bytes:
        rows = np.frombuffer(request, np.float32)[np.newaxis]
        return np.float32(session.probability(self._session, rows)).tobytes()


if __name__ == "__main__":
    server = grpc.server(ThreadPoolExecutor(THREADS), handlers=[Handler()])
    server.add_insecure_port(f"127.0.0.1:{sys.argv[1]}")
    server.start()
    server.wait_for_termination()
