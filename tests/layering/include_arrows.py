#!/usr/bin/env python3
"""Fails on an #include between our folders that the architecture does not draw.

    gateway:      main -> app -> api -> telemetry -> coalescing | dialect | failover | overload | upstream | http | metrics
                  | controlplane_client -> common
    controlplane: main -> app -> rpc | http | probing | dashboard -> domain -> health | cache | store -> config -> common

Downward only; folders of one rank never include each other. The two services meet in proto/ and common/ alone.
Usage: include_arrows.py [ROOT]; exit code 1 and one line a problem when something is wrong.
"""
import re
import sys
from pathlib import Path

# Each folder may include itself, any folder of a higher rank in its service, and common/.
RANKS = {
    "gateway": 0,  # main.cpp
    "gateway/app": 1,
    "gateway/api": 2,
    "gateway/telemetry": 3,
    "gateway/coalescing": 4,
    "gateway/controlplane_client": 4,
    "gateway/dialect": 4,
    "gateway/failover": 4,
    "gateway/http": 4,
    "gateway/metrics": 4,
    "gateway/overload": 4,
    "gateway/upstream": 4,
    "controlplane": 0,  # main.cpp
    "controlplane/app": 1,
    "controlplane/dashboard": 2,
    "controlplane/http": 2,
    "controlplane/metrics": 2,
    "controlplane/probing": 2,
    "controlplane/rpc": 2,
    "controlplane/domain": 3,
    "controlplane/cache": 4,
    "controlplane/health": 4,
    "controlplane/store": 4,
    # balancerctl: a program of its own that knows the contract, and reads a configuration with the server's reader.
    "controlplane/cli": 4,
    "controlplane/config": 5,
    "controlplane/config_schema": 5,
}

# What deploy/ may include besides its own folder and common/.
DEPLOY = {
    "deploy/standalone": {
        "gateway/app", "gateway/controlplane_client", "controlplane/app", "controlplane/config", "controlplane/domain",
    },
    "deploy/demo_provider": set(),
}

# (including folder, included file): arrows against the rule that are agreed upon. Keep it tiny.
EXCEPTIONS: set[tuple[str, str]] = set()

# The only folders that see generated protobuf code or gRPC.
CONTRACT_FOLDERS = {
    "common/grpc_log", "gateway/app", "gateway/controlplane_client", "controlplane/app", "controlplane/cli",
    "controlplane/rpc", "deploy/standalone",
}

TOP_FOLDERS = ("common", "gateway", "controlplane", "deploy", "tests")
GENERATED = "balancer/"
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')
CONTRACT = re.compile(r"^(grpc|grpcpp|google/protobuf)/|\.pb\.h$")


def folder_of(path: str) -> str:
    """gateway/api/x/y.hpp -> gateway/api; a file directly in a service's folder belongs to that folder."""
    return "/".join(path.split("/")[:-1][:2])


def arrow_problem(source: str, target: str) -> str | None:
    """Why `source` may not include our file `target` (both paths from the root), or None if it may."""
    here, there = folder_of(source), folder_of(target)
    top, target_top = here.split("/")[0], there.split("/")[0]
    if here == there or (here, target) in EXCEPTIONS or top == "tests":
        return None
    if top == "common":
        return None if target_top == "common" else "common includes nothing of ours outside common"
    if target_top == "common":
        return None
    if top == "deploy":
        return None if there in DEPLOY.get(here, set()) else f"{here} may not include {there}"
    if top != target_top:
        return f"{top} and {target_top} meet only in proto and common"
    if there not in RANKS:
        return f"folder {there} is not in the drawing"
    if RANKS[there] <= RANKS[here] or there == "controlplane/cli":
        return f"no arrow from {here} to {there}"
    return None


def include_problem(source: str, quote: str, target: str) -> str | None:
    here = folder_of(source)
    top = here.split("/")[0]
    if CONTRACT.search(target) and top != "tests" and here not in CONTRACT_FOLDERS:
        return "protobuf and gRPC stay in the contract folders"
    ours = target.split("/")[0] in TOP_FOLDERS
    if quote == '"' and not ours and not target.startswith(GENERATED):
        return "includes start at the root of the repository"
    if quote == "<" and ours:
        return "our own headers are included with quotes"
    return arrow_problem(source, target) if quote == '"' and ours else None


def problems(root: Path) -> list[str]:
    found = []
    for top in TOP_FOLDERS:
        for file in sorted((root / top).rglob("*")):
            if file.suffix not in (".hpp", ".cpp", ".h", ".cc"):
                continue
            source = file.relative_to(root).as_posix()
            here = folder_of(source)
            if top in ("gateway", "controlplane") and here not in RANKS:
                found.append(f"{source}: folder {here} is not in the drawing")
            if top == "deploy" and here not in DEPLOY:
                found.append(f"{source}: folder {here} is not in the drawing")
            for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
                match = INCLUDE.match(line)
                problem = match and include_problem(source, match[1], match[2])
                if problem:
                    found.append(f'{source}:{number}: includes {match[2]}: {problem}')
    return found


def main() -> int:
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2]
    found = problems(root)
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
