"""The one door to the solver, HiGHS: linear programs in, solutions with their proofs out.

HiGHS is maintained, exact enough, and small: its wheel has 5 MB and asks for NumPy alone, where OR-Tools' has 30 and
SciPy's, which carries HiGHS too, 35. There are wheels for Linux, macOS and Windows.
"""

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Program:
    """Minimise `costs` · x, where x lies in `lower` … `upper`, A x in `row_lower` … `row_upper`.

    A has an entry `values` at each of `rows` and `columns`; `whole` says which x are whole numbers.
    """

    costs: Floats
    lower: Floats
    upper: Floats
    whole: NDArray[np.bool_]
    row_lower: Floats
    row_upper: Floats
    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    values: Floats


@dataclass(frozen=True)
class Solution:
    """What was found: `x` where there is a solution, and the prices of the rows where nothing has to be whole.

    Where something has to, no solution costs less than `bound`.
    """

    x: Floats | None
    prices: Floats
    bound: float
    infeasible: bool


def solve(program: Program, *, seconds: float, gap: float = 0.0, start: Floats | None = None) -> Solution:
    """The best solution within `gap` or found in time; the same one for the same program, where time suffices."""
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    options = {
        "output_flag": False,
        "threads": 1,
        "random_seed": 0,
        "time_limit": max(seconds, 0.0),
        "mip_rel_gap": gap,
    }
    for name, value in options.items():
        highs.setOptionValue(name, value)
    highs.passModel(_model(program))
    if start is not None:
        highs.setSolution(len(start), np.arange(len(start), dtype=np.int32), start)
    highs.run()
    info, found = highs.getInfo(), highs.getSolution()
    status = highs.getModelStatus()
    solved = status in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kTimeLimit)
    some = solved and info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    return Solution(
        x=np.array(found.col_value) if some else None,
        prices=np.array(found.row_dual) if found.dual_valid else np.zeros(len(program.row_lower)),
        bound=info.mip_dual_bound if solved and program.whole.any() else -np.inf,
        infeasible=status == highspy.HighsModelStatus.kInfeasible,
    )


def _model(program: Program) -> highspy.HighsLp:
    order = np.argsort(program.rows, kind="stable")
    counts = np.bincount(program.rows, minlength=len(program.row_lower))
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(program.costs), len(program.row_lower)
    model.col_cost_, model.col_lower_, model.col_upper_ = program.costs, program.lower, program.upper
    model.row_lower_, model.row_upper_ = program.row_lower, program.row_upper
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    model.a_matrix_.index_ = program.columns[order].astype(np.int32)
    model.a_matrix_.value_ = program.values[order]
    if program.whole.any():
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        model.integrality_ = [kinds[whole] for whole in program.whole.tolist()]
    return model
