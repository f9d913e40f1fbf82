"""The npm package `slot-calculator` on the same cases: the nearest peer, which intersects and does not rank."""

import json
import shutil
import statistics
import subprocess
from pathlib import Path

from tests.bench.cases import case

PEER = Path(__file__).parent / "peer"
DIRECTORY = Path("var") / "bench" / "node"
RUNS = {(10, 28): 9, (50, 90): 3}


def bench_slot_calculator() -> dict[str, float]:
    """Its medians, by the names of the engine's; nothing where it can't be run, which is said."""
    if not (shutil.which("node") and shutil.which("npm")):
        print("slot-calculator is left out: it needs node and npm.")
        return {}
    DIRECTORY.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", "intersect.cjs"):
        shutil.copy(PEER / name, DIRECTORY)
    installed = _run("npm", "ci", "--silent", "--no-audit", "--no-fund")
    if installed.returncode:
        print(f"slot-calculator is left out: it could not be installed ({installed.stderr.strip()[-200:]}).")
        return {}
    cases = [{"runs": runs, **case(people, days)} for (people, days), runs in RUNS.items()]
    found = json.loads(_run("node", "intersect.cjs", given=json.dumps(cases), check=True).stdout)
    return {
        f"slot_calculator_{people}x{days}": statistics.median(milliseconds) / 1000
        for (people, days), milliseconds in zip(RUNS, found, strict=True)
    }


def _run(*command: str, given: str | None = None, check: bool = False) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=DIRECTORY, input=given, capture_output=True, text=True, check=check)
