"""State that one notebook could leave for the next: what sets it, and what looks whether it is still there."""

SET = """
import builtins, decimal, functools, json, os, random, sys, threading, types, warnings
import polars as pl
leaks = 1
os.environ["LEAKS"] = "1"
pl.Config.set_tbl_rows(77)
decimal.getcontext().prec = 5
builtins.LEAKS = 1
json.LEAKS = 1
import linecache; linecache.cache["leaks"] = (0, None, ["x"], "leaks")
sys.modules["leaks"] = types.ModuleType("leaks")
os.chdir("/")
sys.path.append("/leaks")
random.seed(77)
warnings.simplefilter("error", category=ImportWarning)
threading.Thread(target=threading.Event().wait, name="leaks", daemon=True).start()
pl.read_parquet = lambda *_: "patched"
"""

LOOK = """
import builtins, decimal, json, linecache, os, random, sys, threading, warnings
import polars as pl
found = [name for name, there in {
    "global": "leaks" in globals(),
    "environment": "LEAKS" in os.environ,
    "options of Polars": "77" in str(pl.Config.state().get("POLARS_FMT_MAX_ROWS")),
    "decimal context": decimal.getcontext().prec == 5,
    "builtins": hasattr(builtins, "LEAKS"),
    "attribute of a module": hasattr(json, "LEAKS"),
    "cache": "leaks" in linecache.cache,
    "modules": "leaks" in sys.modules,
    "folder": os.getcwd() == "/",
    "path": "/leaks" in sys.path,
    "random numbers": random.getrandbits(64) == random.Random(77).getrandbits(64),
    "filter of warnings": any(one[0] == "error" and one[2] is ImportWarning for one in warnings.filters),
    "thread": any(one.name == "leaks" for one in threading.enumerate()),
    "patched function": pl.read_parquet.__module__ == "__main__",
}.items() if there]
display({"application/vnd.leaks+json": found}, raw=True)
"""

KINDS = 14
"""How many it looks for."""
