"""What a JupyterHub has to know of the course: copy it into The Littlest JupyterHub's folder of settings.

    sudo cp deploy/lstm_course_hub.py /opt/tljh/config/jupyterhub_config.d/
    sudo cp deploy/tljh.yaml /opt/tljh/config/config.yaml
    sudo tljh-config reload

The environment is there once, in /opt/tljh/user, and so are the reviews; a learner has progress, trained models and a
copy of the notebooks in a home folder of their own. The book's page *A class on JupyterHub* says the steps in order.
"""

import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821, JupyterHub gives it

# The variables of the hub's own environment come first: the rehearsal has its folders elsewhere.
REVIEWS = Path(os.environ.get("LSTM_COURSE_DATA") or "/srv/lstm-course-data/aclImdb_v1.tar.gz")
PREPARED = Path(os.environ.get("LSTM_COURSE_CACHE") or "/srv/lstm-course-data/prepared")

if not REVIEWS.exists():
    sys.exit(
        f"lstm-course: there are no reviews at {REVIEWS}; put aclImdb_v1.tar.gz there, or name it: LSTM_COURSE_DATA"
    )
if not any(PREPARED.glob("*.npz")):
    sys.exit(
        f"lstm-course: the reviews are not prepared in {PREPARED}; do it once, as root: "
        f"LSTM_COURSE_DATA={REVIEWS} LSTM_COURSE_CACHE={PREPARED} lstm-course data --verify"
    )

c.Spawner.environment = {
    "LSTM_COURSE_DATA": str(REVIEWS),
    "LSTM_COURSE_CACHE": str(PREPARED),
    "LSTM_COURSE_OFFLINE": "1",  # thirty learners download nothing
    "LSTM_COURSE_PROFILE": os.environ.get("LSTM_COURSE_PROFILE") or "workshop",
    # Two threads a kernel: by default each takes all of the machine's processors, and thirty of them stand in each
    # other's way.
    "OMP_NUM_THREADS": "2",
    "TF_NUM_INTRAOP_THREADS": "2",
    "TF_NUM_INTEROP_THREADS": "1",
}
c.Spawner.args = [
    # A notebook that was closed or forgotten holds its kernel's memory.
    "--MappingKernelManager.cull_idle_timeout=1800",
    "--MappingKernelManager.cull_interval=60",
    "--MappingKernelManager.cull_connected=True",
]
c.Spawner.start_timeout = 120  # a room that begins at once has to wait
c.Spawner.http_timeout = 120
c.JupyterHub.concurrent_spawn_limit = 10
