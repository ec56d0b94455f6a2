from pathlib import Path

from tests.run import Tally

REPORT = """<testsuites><testsuite>
<testcase name="a"/><testcase name="b"><failure/></testcase><testcase name="c"><error/></testcase>
<testcase name="d"><skipped/></testcase></testsuite></testsuites>"""


def test_the_sum_counts_what_ran(tmp_path: Path) -> None:
    (tmp_path / "report.xml").write_text(REPORT)
    tally = Tally()
    tally.add(tmp_path / "report.xml", 1)
    assert (tally.passed, tally.failed) == (1, 2)


def test_a_part_that_breaks_down_before_its_report_is_a_failure(tmp_path: Path) -> None:
    tally = Tally()
    tally.add(tmp_path / "missing.xml", 1)
    assert (tally.passed, tally.failed) == (0, 1)
