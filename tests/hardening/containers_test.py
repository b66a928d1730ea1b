#!/usr/bin/env python3
"""The containers that are shipped get no more than they need: containers_test.py ROOT"""
import re
import sys
import unittest
from pathlib import Path

ROOT = Path(sys.argv.pop(1) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2])
COMPOSE = "\n".join(line for line in (ROOT / "docker-compose.yml").read_text(encoding="utf-8").splitlines()
                    if not line.lstrip().startswith("#"))
DOCKERFILE = (ROOT / "deploy/docker/Dockerfile").read_text(encoding="utf-8")
OWN = ("control-plane", "gateway")


def block(name: str) -> str:
    """The lines below a key, as far as they are indented more."""
    found = re.search(rf"^( *){re.escape(name)}:.*\n((?:\1 +.*\n|\s*\n)*)", COMPOSE + "\n", re.MULTILINE)
    return found.group(2) if found else ""


class ContainersTest(unittest.TestCase):
    def test_our_services_share_what_restricts_them(self):
        for service in OWN:
            with self.subTest(service):
                self.assertIn("<<: *program", block(service))
                for key in ("cap_add", "cap_drop", "privileged", "security_opt", "read_only", "tmpfs", "user",
                            "network_mode", "pid"):
                    self.assertNotRegex(block(service), rf"(?m)^    {key}:", "overrides what x-program says")

    def test_they_have_no_capability_and_gain_none(self):
        program = block("x-program")
        self.assertRegex(program, r"(?m)^  cap_drop: \[ALL\]$")
        self.assertRegex(program, r"(?m)^  security_opt: .*no-new-privileges:true")

    def test_their_programs_cannot_be_changed(self):
        program = block("x-program")
        self.assertRegex(program, r"(?m)^  read_only: true$")
        self.assertRegex(program, r"(?m)^  tmpfs: .*/tmp\b.*noexec")

    def test_dockers_filter_of_system_calls_stays_on(self):
        self.assertNotIn("unconfined", COMPOSE)
        self.assertNotIn("privileged: true", COMPOSE)

    def test_nothing_of_the_machine_is_mounted_for_writing(self):
        for service in OWN:
            for mount in re.findall(r"^ +- (\S+:/\S+)$", block(service), re.MULTILINE):
                if not re.match(r"[a-z]+:", mount):
                    self.assertTrue(mount.endswith(":ro"), mount)
        self.assertNotIn("docker.sock", COMPOSE)

    def test_ports_are_published_to_this_machine_only(self):
        ports = re.findall(r'^ +- "(\S+:\d+)"$', COMPOSE, re.MULTILINE)
        self.assertGreaterEqual(len(ports), 2)
        for port in ports:
            self.assertTrue(port.startswith("127.0.0.1:"), port)

    def test_no_secret_is_written_down(self):
        self.assertNotRegex(COMPOSE + DOCKERFILE, r"sk-ant|_KEY[=:] *[\w-]{8}")

    def test_the_image_runs_as_nobody_in_particular(self):
        users = re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE)
        self.assertEqual(users, ["balancer"])
        self.assertRegex(DOCKERFILE, r"useradd --system --uid [1-9]\d+ ")
        self.assertGreater(DOCKERFILE.index("USER balancer"), DOCKERFILE.rindex("RUN "))


if __name__ == "__main__":
    unittest.main()
