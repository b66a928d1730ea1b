#!/usr/bin/env python3
"""Every program that users run is built against exploits: programs_test.py FOLDER"""
import sys
import unittest
from pathlib import Path

from elf_problems import elf_problems

FOLDER = Path(sys.argv.pop(1))


class ProgramsTest(unittest.TestCase):
    def test_each_is_built_against_exploits(self):
        for name in ("balancer", "balancer-gateway", "balancer-controlplane", "balancerctl"):
            with self.subTest(name):
                self.assertEqual(elf_problems(FOLDER / name), [])


if __name__ == "__main__":
    unittest.main()
