"""The pure core: typed values in; findings, measures, variances, alerts and views out. DuckDB's only home.

Nothing here touches files, clock, network or logs.
"""

from pipeline.judge.account import account_of
from pipeline.judge.judge import judge
from pipeline.judge.prepare import Prepared, prepare
from pipeline.judge.view import view

__all__ = ["Prepared", "account_of", "judge", "prepare", "view"]
