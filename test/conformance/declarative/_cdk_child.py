"""Runs the CDK entry point with a virtual clock. Usage: _cdk_child.py NOW SLEEPLOG ARGS...

The clock stands still except that time.sleep(n) moves it n seconds (and returns at once).
"""
import atexit, datetime, faulthandler, json, os, sys, threading, time

if os.environ.get("ORACLE_HANG"):
    faulthandler.dump_traceback_later(float(os.environ["ORACLE_HANG"]), exit=True)

now, sleep_log, argv = sys.argv[1], sys.argv[2], sys.argv[3:]

# Everything must be imported before freezing: classes deriving from datetime keep the real base.
import freezegun, freezegun.api
import airbyte_cdk.cli.source_declarative_manifest._run as sdm
import airbyte_cdk.sources.declarative.parsers.model_to_component_factory  # noqa: F401

try:
    import pandas  # noqa: F401  ResponseToFileExtractor imports it when it first reads; under a frozen clock that never ends
except ImportError:
    pass

freezegun.api.call_stack_inspection_limit = 1  # judge by the direct caller only
freezegun.configure(extend_ignore_list=["queue", "threading", "concurrent", "selectors", "socket", "urllib3"])

_real_sleep = time.sleep
_lock = threading.Lock()
_log = []
frozen = freezegun.freeze_time(now).start()


def _sleep(seconds):
    caller = sys._getframe(1).f_globals.get("__name__", "?")
    if caller.endswith("partition_enqueuer"):  # throttling of the worker pool, not behaviour
        return _real_sleep(min(float(seconds), 0.02))
    with _lock:
        _log.append([caller, round(float(seconds), 3)])
        # the moving-window limiter spins on sleep(0) at the window's edge: let 1 ms pass
        step = max(float(seconds), 0.001) if caller.endswith("call_rate") else float(seconds)
        if step > 0:
            frozen.tick(datetime.timedelta(seconds=step))
    _real_sleep(0.002)


time.sleep = _sleep


@atexit.register
def _dump():
    with open(sleep_log, "w") as f:
        json.dump(_log, f)


sdm.handle_command(argv)
