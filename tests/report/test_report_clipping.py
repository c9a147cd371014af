import warnings

import numpy as np
import pandas as pd

from pipeline.report.clipping import _slopes


def test_a_gradient_that_is_no_number_or_zero_has_no_slope_and_says_nothing():
    lags = pd.concat(
        pd.DataFrame({"lag": range(4), "log10_norm": norms, "seed": seed})
        for seed, norms in enumerate(([0, -1, -2, -3], [0, np.nan, np.nan, np.nan], [0, -np.inf, -np.inf, -np.inf]))
    ).assign(case="vanishes", clipped=True, weights="after")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = _slopes(lags)["vanishes", True]
    assert np.array_equal(found, [-1.0, np.nan, np.nan], equal_nan=True)
