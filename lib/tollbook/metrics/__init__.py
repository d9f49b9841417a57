"""What every figure is (`definitions`), and any figure by anything (`compute`)."""

from tollbook.metrics.certainty import wilson as wilson
from tollbook.metrics.compute import compute as compute
from tollbook.metrics.definitions import *  # noqa: F403 - a new metric is written in that one file only
from tollbook.metrics.metric import Metric as Metric
from tollbook.metrics.metric import Ratio as Ratio
from tollbook.metrics.quantiles import pdd_quantile as pdd_quantile
