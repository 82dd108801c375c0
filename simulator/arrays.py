"""The array types that all columns have."""

from numpy import bool_, float64, int64
from numpy.typing import NDArray

type Ints = NDArray[int64]
type Floats = NDArray[float64]
type Flags = NDArray[bool_]
