"""The one door for ensembles: the same results whoever does the work, and none lost or doubled."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from fan_out_tasks import die_always, die_once, fail, fail_oddly, square, stall

from stratafolio.model.failures import SolverFailed
from stratafolio.model.work.clock import Clock
from stratafolio.model.work.fan_out import Crew, fan_out
from stratafolio.model.work.store import Store

RECORDS = [{"n": n} for n in range(12)]
SQUARES = [{"square": n**2} for n in range(12)]


def keep_in(file: Path) -> Store:
    return Store(file, "hash", "squares")


def list_keys(file: Path) -> list[str]:
    """What a file of answers holds, after its heading."""
    return [json.loads(line)["key"] for line in file.read_text("utf-8").splitlines()[1:]]


def test_workers_give_the_same_in_the_same_order() -> None:
    assert fan_out(square, {}, RECORDS, Crew()) == SQUARES
    assert fan_out(square, {}, RECORDS, Crew(workers=2)) == SQUARES
    assert fan_out(square, {}, [], Crew(workers=2)) == []


def test_equal_records_are_done_once(tmp_path: Path) -> None:
    log = tmp_path / "log"
    found = fan_out(square, {"log": str(log)}, [{"n": 2}, {"n": 3}, {"n": 2}], Crew())
    assert found == [{"square": 4}, {"square": 9}, {"square": 4}]
    assert [line.split()[0] for line in log.read_text("utf-8").splitlines()] == ["2", "3"]


def test_no_worker_hears_of_ctrl_c_from_its_first_moment_on() -> None:
    """Not even the first that a program starts, with which Python starts a process of its own."""
    code = (
        "from fan_out_tasks import hear\n"
        "from stratafolio.model.work.fan_out import Crew, fan_out\n"
        "if __name__ == '__main__':\n"
        "    print(fan_out(hear, {}, [{'n': 0}, {'n': 1}], Crew(workers=2)))\n"
    )
    command = [sys.executable, "-c", code]
    ended = subprocess.run(
        command, capture_output=True, text=True, check=True, cwd=Path(__file__).parent
    )
    assert ended.stdout.strip() == str([{"hears": False}] * 2)


def test_a_dead_worker_is_replaced_and_its_work_done_once(tmp_path: Path) -> None:
    keep = tmp_path / "kept.jsonl"
    crew = Crew(workers=2, keep=keep_in(keep))
    assert fan_out(die_once, {"mark": str(tmp_path / "mark")}, RECORDS, crew) == SQUARES
    lines = list_keys(keep)
    assert len(set(lines)) == len(lines) == len(RECORDS)


def test_a_task_that_no_worker_survives_is_given_up() -> None:
    with pytest.raises(SolverFailed, match="ended 3 workers"):
        fan_out(die_always, {}, RECORDS[:4], Crew(workers=2))


def test_a_task_with_a_fault_is_told() -> None:
    for workers in (1, 2):
        with pytest.raises(ValueError, match="and"):
            fan_out(fail, {}, RECORDS[:2], Crew(workers=workers))
    with pytest.raises(SolverFailed, match="Odd: "):
        fan_out(fail_oddly, {}, RECORDS[:2], Crew(workers=2))


def test_results_are_resumed_by_content(tmp_path: Path) -> None:
    """Wherever a killed run's file ends: what was whole is not done again, nothing is doubled."""
    keep, log = tmp_path / "kept.jsonl", tmp_path / "log"
    shared = {"log": str(log)}
    assert fan_out(square, shared, RECORDS, Crew(keep=keep_in(keep))) == SQUARES
    whole = keep.read_bytes()
    for size in (0, 1, len(whole) // 3, len(whole) // 2, len(whole) - 1, len(whole)):
        keep.write_bytes(whole[:size])
        log.write_text("", encoding="utf-8")
        assert fan_out(square, shared, RECORDS, Crew(keep=keep_in(keep))) == SQUARES
        asked = len(log.read_text("utf-8").splitlines())
        assert asked == len(RECORDS) - max(0, whole[:size].count(b"\n") - 1)
        assert keep.read_bytes() == whole
    log.write_text("", encoding="utf-8")
    other = fan_out(square, {**shared, "other": 1}, RECORDS, Crew(keep=keep_in(keep)))
    assert other == SQUARES
    assert len(log.read_text("utf-8").splitlines()) == len(RECORDS), "another question, other keys"


def test_time_ends_between_tasks() -> None:
    found = fan_out(square, {"seconds": 0.02}, RECORDS, Crew(clock=Clock(0.05)))
    assert found[0] == SQUARES[0]
    assert found[-1] is None


@pytest.mark.parametrize(("workers", "limit"), [(1, 0.5), (2, 5.0)])
def test_a_task_in_hand_gives_nothing_where_time_ends(
    workers: int, limit: float, tmp_path: Path
) -> None:
    """It is neither waited for nor kept: what is kept was answered whole."""
    keep = tmp_path / "kept.jsonl"
    crew = Crew(workers, clock=Clock(limit), keep=keep_in(keep))
    assert fan_out(stall, {}, RECORDS, crew) == [*SQUARES[:2], *[None] * 10]
    assert len(list_keys(keep)) == 2
    assert fan_out(square, {}, RECORDS, Crew(workers)) == SQUARES


def test_killed_driver_leaves_whole_lines_and_no_workers(tmp_path: Path) -> None:
    """`kill -9` of the driver: its workers end too, and a rerun does only what is left."""
    keep, log = tmp_path / "kept.jsonl", tmp_path / "log"
    code = (
        "import sys\n"
        f"sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from pathlib import Path\n"
        "from fan_out_tasks import square\n"
        "from stratafolio.model.work.fan_out import Crew, fan_out\n"
        "from stratafolio.model.work.store import Store\n"
        "if __name__ == '__main__':\n"
        f"    crew = Crew(workers=2, keep=Store(Path({str(keep)!r}), 'hash', 'squares'))\n"
        f"    shared = {{'log': {str(log)!r}, 'seconds': 0.2}}\n"
        "    fan_out(square, shared, [{'n': n} for n in range(12)], crew)\n"
    )
    file = tmp_path / "driver.py"
    file.write_text(code, encoding="utf-8")
    driver = subprocess.Popen([sys.executable, file])
    deadline = time.monotonic() + 60
    while not (keep.exists() and keep.read_bytes().count(b"\n") >= 3):
        assert time.monotonic() < deadline, "the driver has done nothing"
        time.sleep(0.05)
    driver.kill()
    driver.wait()
    workers = {int(line.split()[1]) for line in log.read_text("utf-8").splitlines()}
    deadline = time.monotonic() + 20
    while any(is_alive(pid) for pid in workers):
        assert time.monotonic() < deadline, "workers outlive their driver"
        time.sleep(0.05)
    kept = len(list_keys(keep))
    assert 2 <= kept < 12
    log.write_text("", encoding="utf-8")
    shared = {"log": str(log), "seconds": 0.2}
    assert fan_out(square, shared, RECORDS, Crew(workers=2, keep=keep_in(keep))) == SQUARES
    assert len(log.read_text("utf-8").splitlines()) == 12 - kept
    assert len(list_keys(keep)) == 12


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits for its parent does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
