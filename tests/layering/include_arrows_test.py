#!/usr/bin/env python3
"""The layering test sees every kind of forbidden arrow, and lets the drawn ones pass."""
import tempfile
import unittest
from pathlib import Path

from include_arrows import problems


def problems_of(files: dict[str, str]) -> list[str]:
    """Problems found in a tree made of these files (path -> content)."""
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        for path, content in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(content, encoding="utf-8")
        return problems(root)


class IncludeArrowsTest(unittest.TestCase):
    def assert_refused(self, path: str, include: str, reason: str) -> None:
        found = problems_of({path: f"#pragma once\n  # include {include}\n"})
        self.assertEqual(len(found), 1, found)
        self.assertIn(f"{path}:2:", found[0])
        self.assertIn(reason, found[0])

    def test_accepts_the_arrows_that_are_drawn(self):
        found = problems_of({
            "common/http/a.hpp": '#include "common/error/error.hpp"\n#include <vector>\n',
            "gateway/main.cpp": '#include "gateway/app/a.hpp"\n',
            "gateway/app/a.hpp": '#include "gateway/upstream/a.hpp"\n#include <grpcpp/grpcpp.h>\n',
            "gateway/api/a.cpp": '#include "gateway/failover/a.hpp"\n#include "common/time/clock.hpp"\n',
            "gateway/controlplane_client/a.cpp": '#include "balancer/controlplane/v1/config.pb.h"\n',
            "controlplane/rpc/a.cpp": '#include "controlplane/health/a.hpp"\n#include "controlplane/rpc/b.hpp"\n',
            "controlplane/cli/main.cpp": '#include "balancer/controlplane/v1/admin.grpc.pb.h"\n',
            "deploy/standalone/main.cpp": '#include "gateway/app/a.hpp"\n#include "controlplane/app/a.hpp"\n',
            "tests/integration/a.cpp": '#include "gateway/app/a.hpp"\n#include "tests/fakes/b.hpp"\n',
        })
        self.assertEqual(found, [])

    def test_refuses_common_reaching_into_a_service(self):
        self.assert_refused("common/net/a.hpp", '"gateway/http/a.hpp"', "outside common")

    def test_refuses_one_service_including_the_other(self):
        self.assert_refused("gateway/app/a.cpp", '"controlplane/config/a.hpp"', "meet only in proto and common")
        self.assert_refused("controlplane/app/a.cpp", '"gateway/app/a.hpp"', "meet only in proto and common")

    def test_refuses_siblings_including_each_other(self):
        self.assert_refused("gateway/failover/a.cpp", '"gateway/upstream/a.hpp"', "no arrow")
        self.assert_refused("controlplane/http/a.cpp", '"controlplane/rpc/a.hpp"', "no arrow")
        self.assert_refused("controlplane/health/a.cpp", '"controlplane/store/a.hpp"', "no arrow")

    def test_refuses_an_upward_arrow(self):
        self.assert_refused("gateway/upstream/a.cpp", '"gateway/api/a.hpp"', "no arrow")
        self.assert_refused("controlplane/config/a.cpp", '"controlplane/app/a.hpp"', "no arrow")

    def test_refuses_the_command_line_tool_and_the_server_mixing(self):
        self.assert_refused("controlplane/app/a.cpp", '"controlplane/cli/a.hpp"', "no arrow")
        self.assert_refused("controlplane/cli/a.cpp", '"controlplane/rpc/a.hpp"', "no arrow")

    def test_refuses_services_including_tests_or_deploy(self):
        self.assert_refused("gateway/api/a.cpp", '"tests/fakes/a.hpp"', "meet only in proto and common")
        self.assert_refused("deploy/demo_provider/a.cpp", '"gateway/http/a.hpp"', "may not include")

    def test_refuses_protobuf_and_grpc_outside_the_contract_folders(self):
        self.assert_refused("gateway/api/a.cpp", '"balancer/controlplane/v1/config.pb.h"', "contract folders")
        self.assert_refused("controlplane/health/a.cpp", "<grpcpp/grpcpp.h>", "contract folders")
        self.assert_refused("common/log/a.cpp", "<google/protobuf/message.h>", "contract folders")

    def test_refuses_includes_that_do_not_start_at_the_root(self):
        self.assert_refused("gateway/http/a.cpp", '"listener.hpp"', "start at the root")
        self.assert_refused("gateway/http/a.cpp", '"../app/a.hpp"', "start at the root")
        self.assert_refused("gateway/http/a.cpp", "<common/error/error.hpp>", "with quotes")

    def test_refuses_a_folder_that_nobody_drew(self):
        found = problems_of({"gateway/misc/a.cpp": "int a;\n"})
        self.assertEqual(found, ["gateway/misc/a.cpp: folder gateway/misc is not in the drawing"])


if __name__ == "__main__":
    unittest.main()
