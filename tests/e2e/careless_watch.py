"""The Python client of examples/, with one mistake: `token` (it reads its token as empty, and so
begins anew after every cut) or `drop` (it takes every fiftieth card for told). The judge of the
clients' logs must find out both."""

import builtins
import importlib.util
import pathlib
import sys

mistake = sys.argv.pop(1)
example = pathlib.Path(__file__).resolve().parents[2] / "examples/python/watch.py"
spec = importlib.util.spec_from_file_location("watch", example)
watch = importlib.util.module_from_spec(spec)
spec.loader.exec_module(watch)

if mistake == "token":
    watch.Store.token = lambda store: ""
if mistake == "drop":
    seen = 0

    def say(*words, **options):
        global seen
        seen += words[0] == "card"
        if words[0] != "card" or seen % 50:
            builtins.print(*words, **options)

    watch.print = say
watch.main()
