"""The real worker with one more kind of connection (`python -m tests.bench.worker_process`)."""

from tests.bench.recorders import register_no_op
from worker.main import main

if __name__ == "__main__":
    register_no_op()
    main()
