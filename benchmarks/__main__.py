"""`python -m benchmarks`: measure everything, print the tables, and with `--write` put them into docs/benchmarks.md."""

from __future__ import annotations

import argparse
import logging
import sys

from benchmarks.comparisons import comparisons
from benchmarks.product import ROOT, Product
from benchmarks.table import results, write_results
from benchmarks.timing import ROUNDS
from benchmarks.whole_build import measure_in_new_process


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="runs of which the median counts")
    parser.add_argument("--write", action="store_true", help="also write the tables into docs/benchmarks.md")
    options = parser.parse_args()
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    product = Product.warm()
    made = []
    for comparison in comparisons(product, options.rounds):
        print(f"{comparison.work}: {comparison.ratio:.2f} × {comparison.against}", file=sys.stderr)
        made.append(comparison)
    build = measure_in_new_process(options.rounds)
    text = results(made, build, product.arrival.file)
    print(text)
    if options.write:
        write_results(ROOT / "docs" / "benchmarks.md", text)


if __name__ == "__main__":
    main()
