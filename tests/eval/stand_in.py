"""What the tests of evaluations share: a folder, and a script that stands in for the program."""

import contextlib
import io
import os
import pathlib
import sys
import tempfile
import unittest

import evaluate


class StandInCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.program = str(self.folder / "paperwire")

    def stand_in(self, script, **values):
        self.write("paperwire", script.format(python=sys.executable, **values))
        os.chmod(self.program, 0o755)

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    def run_with(self, *arguments, floors="none"):
        """(exit code, standard output, standard error)"""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = evaluate.main([*arguments, "--program", self.program, "--floors", floors])
        return code, out.getvalue(), err.getvalue()
