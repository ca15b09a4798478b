"""What the notebooks' re-run needs to know about this machine: which reviews are there, and that its cores are shared.

It lies at the root so that it reaches both tests/ and notebooks/.
"""

import os

# No test downloads anything; the built-in corpus carries the notebooks where no reviews are found.
os.environ.setdefault("LSTM_COURSE_OFFLINE", "1")

# `make test` has a process for each of two cores; with a thread a core in each of them they would wait for one another.
if "PYTEST_XDIST_WORKER" in os.environ:
    for variable in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
        os.environ.setdefault(variable, "1")

NOT_COMPARED = "run, not compared"
# nbval waits 5 seconds for what a finished cell has printed, with no option for it (computationalmodelling/nbval#231).
# A kernel on a busy machine can take longer to send a large figure, and the cell would fail falsely.
OUTPUT_TIMEOUT = 60


def pytest_collection_modifyitems(items):
    """Give slow machines time; without the published reviews, run the cells tagged ``real-reviews`` uncompared."""
    from nbval.plugin import IPyNbCell

    cells = [item for item in items if isinstance(item, IPyNbCell)]
    for item in cells:
        item.output_timeout = OUTPUT_TIMEOUT
    dependent = [item for item in cells if "real-reviews" in item.cell.metadata.get("tags", [])]
    if not dependent:
        return
    from lstm_course.reviews import imdb

    published = imdb.find_source().published
    if published is None:  # an archive that nobody has read yet: only its contents tell
        published = imdb.load_data().source.published
    if not published:
        for item in dependent:
            item.options["check"] = False
            item.user_properties.append((NOT_COMPARED, True))


def pytest_terminal_summary(terminalreporter, config):
    """Say which reviews the notebooks ran on, and how many outputs were therefore not compared."""
    if not config.getoption("nbval", default=False):
        return
    from lstm_course.reviews import imdb
    from lstm_course.settings import profile

    terminalreporter.write_sep("-", "notebooks")
    terminalreporter.write_line(f"profile {profile.current().name}; {imdb.find_source()}")
    # The reports carry the mark, since under xdist the items themselves live in other processes.
    left_out = {
        report.nodeid
        for reports in terminalreporter.stats.values()
        for report in reports
        if (NOT_COMPARED, True) in [tuple(pair) for pair in getattr(report, "user_properties", [])]
    }
    if left_out:
        terminalreporter.write_line(
            f"{len(left_out)} outputs depend on the published reviews, which are not here: {NOT_COMPARED}."
        )
