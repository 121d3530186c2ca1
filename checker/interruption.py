"""What happens when somebody stops the program: one line and an exit code of its own, never a traceback."""

import os
import signal
import sys

INTERRUPTED = 130
STOPPED = "已中断。"


def stop_at_once() -> None:
    """From now on, let an interruption end the program there and then; where it is ignored it stays so.

    This is for the time before the work and after it, when nothing has to be put away.
    """
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, _stop)


def raise_when_stopped() -> None:
    """From now on, let an interruption raise `KeyboardInterrupt`, so that what was begun is put away."""
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _stop(*_signal: object) -> None:
    if sys.stderr is not None:
        os.write(2, f"{STOPPED}\n".encode(sys.stderr.encoding, "replace"))
    os._exit(INTERRUPTED)
