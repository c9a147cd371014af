"""params.yaml, report: what may be shown."""

from pipeline.params.fields import Strict


class Report(Strict):
    excerpts: bool
