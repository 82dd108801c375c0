"""LabelService."""

from fraud.v1 import label_pb2
from fraud.v1.label_pb2 import ReportRequest, ReportResponse
from scorer.edge.methods import Lane, Method, parse
from scorer.features.state import LiveState
from scorer.validation import validate

SERVICE = label_pb2.DESCRIPTOR.services_by_name["LabelService"].full_name


class LabelMethods:
    """Converts, reports to the state, converts."""

    def __init__(self, state: LiveState) -> None:
        self._state = state

    @property
    def methods(self) -> list[Method]:
        """The service's methods."""
        return [Method(SERVICE, "Report", self.report, Lane.SIDE)]

    def report(self, payload: bytes) -> bytes:
        """Take labels."""
        request = parse(ReportRequest, payload)
        validate(request)
        report = self._state.report(request.labels)
        return ReportResponse(
            accepted=report.accepted,
            duplicates=report.duplicates,
            unknown_transaction_ids=report.unknown_transaction_ids,
        ).SerializeToString()
