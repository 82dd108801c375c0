"""In: payments and the address of a scorer. Out: how fast and with what it answered.

A thin face of the compiled client in ``benchmarks/load/client``, which this builds when needed::

    write_requests(path, requests)
    report = run_load(LoadPlan(payments=path, target="127.0.0.1:50051", rate=100.0))
    report.score.latency.p99_us
"""

from fraud.loadgen.answer import LoadAnswer, read_answers
from fraud.loadgen.binary import client_binary
from fraud.loadgen.errors import ClientBuildError, ClientRunError, LoadgenError
from fraud.loadgen.plan import LoadPlan
from fraud.loadgen.report import AnswerCounts, LoadReport, MethodReport, Percentiles, Stage
from fraud.loadgen.requests import read_requests, write_requests
from fraud.loadgen.run import LoadProgress, run_load

__all__ = [
    "AnswerCounts",
    "ClientBuildError",
    "ClientRunError",
    "LoadAnswer",
    "LoadPlan",
    "LoadProgress",
    "LoadReport",
    "LoadgenError",
    "MethodReport",
    "Percentiles",
    "Stage",
    "client_binary",
    "read_answers",
    "read_requests",
    "run_load",
    "write_requests",
]
