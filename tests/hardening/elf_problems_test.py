#!/usr/bin/env python3
"""A program that is built without care is seen: elf_problems_test.py COMPILER"""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from elf_problems import elf_problems

COMPILER = sys.argv.pop(1)
SOURCE = """
#include <cstdio>
#include <cstring>
int main(int argc, char** argv) {
  char text[64];
  std::strcpy(text, argv[argc - 1]);
  return std::puts(text);
}
"""
CARE = ["-O2", "-fPIE", "-fstack-protector-strong", "-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=2",
        "-pie", "-Wl,-z,relro,-z,now"]


class ElfProblemsTest(unittest.TestCase):
    def built(self, *options: str) -> list[str]:
        with tempfile.TemporaryDirectory() as folder:
            source, program = Path(folder) / "program.cpp", Path(folder) / "program"
            source.write_text(SOURCE, encoding="utf-8")
            subprocess.run([COMPILER, *CARE, *options, "-o", program, source], check=True, capture_output=True)
            return elf_problems(program)

    def test_care_is_enough(self):
        self.assertEqual(self.built(), [])

    def test_each_lack_of_it_is_seen(self):
        for options, problem in (
            (["-fno-pie", "-no-pie"], "not position independent"),
            (["-Wl,-z,norelro"], "no read-only relocations"),
            (["-Wl,-z,lazy"], "symbols are bound late"),
            (["-Wl,-z,execstack"], "the stack is executable"),
            (["-fno-stack-protector"], "no stack protector"),
            (["-U_FORTIFY_SOURCE"], "no checked library calls"),
        ):
            with self.subTest(problem):
                self.assertIn(problem, " ".join(self.built(*options)))


if __name__ == "__main__":
    unittest.main()
