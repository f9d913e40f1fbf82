"""`make bench-compare OLD=old.json`: the last figures beside earlier ones, as ratios."""

import argparse
import json
from pathlib import Path

from tests.bench.__main__ import RESULTS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("old", type=Path, help="the var/bench.json of an earlier run")
    old_path = parser.parse_args().old
    for path in (old_path, RESULTS):
        if not path.is_file():
            parser.error(f"there is no {path}; `make bench` writes {RESULTS}")
    old, new = (json.loads(path.read_text()) for path in (old_path, RESULTS))
    for name in sorted(old.keys() | new.keys()):
        if name not in old or name not in new:
            print(f"{name:<34}{'only before' if name in old else 'only now':>13}")
        elif old[name]:
            print(f"{name:<34}{new[name] / old[name]:>11.2f} x")


if __name__ == "__main__":
    main()
