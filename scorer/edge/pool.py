"""Worker threads that see which calls were given up while they waited for one."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import FunctionType
from typing import Any


class WatchedPool(ThreadPoolExecutor):
    """Runs calls for grpc, which drops one whose client is gone and tells nobody.

    Args:
        threads: How many.
        name: Of the threads.
    """

    def __init__(self, threads: int, name: str) -> None:
        super().__init__(threads, name)
        self._dropped: dict[Any, Callable[[], None]] = {}
        self._local = threading.local()

    def watch[**P, T](
        self, behaviour: Callable[P, T], dropped: Callable[[], None]
    ) -> Callable[P, T]:
        """The same behaviour, for grpc to run here.

        Args:
            behaviour: Of a method.
            dropped: Told of a call that never came to it.
        """

        def watched(*args: P.args, **kwargs: P.kwargs) -> T:
            self._local.begun = True
            return behaviour(*args, **kwargs)

        self._dropped[watched] = dropped
        return watched

    def submit[T](self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """See the base class."""
        return super().submit(self._run, fn, *args, **kwargs)

    def _run[T](self, call: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        self._local.begun = False
        result = call(*args, **kwargs)
        if not self._local.begun:
            # grpc hands the method over among the arguments; others run here too.
            for found in (each for each in args if isinstance(each, FunctionType)):
                if found in self._dropped:
                    self._dropped[found]()
        return result
