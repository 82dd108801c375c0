import threading

from scorer.jobs import PeriodicJob


def test_a_failing_action_is_called_again_until_stopped() -> None:
    calls, enough = [], threading.Event()

    def action() -> None:
        calls.append(1)
        if len(calls) >= 3:
            enough.set()
        raise RuntimeError("as a disk would")

    job = PeriodicJob("test", 0.001, action)
    job.start()
    assert enough.wait(5)
    job.stop()
    job.join(5)
    before = len(calls)
    assert not enough.wait(0) or len(calls) == before
