"""What makes a program easier to exploit than it has to be, read from its ELF file with readelf."""
import re
import subprocess
from pathlib import Path


def readelf(*arguments: str) -> str:
    return subprocess.run(["readelf", "-W", *arguments], check=True, capture_output=True, text=True).stdout


def elf_problems(program: Path) -> list[str]:
    headers = readelf("-h", "-l", "-d", str(program))
    symbols = readelf("--dyn-syms", str(program))
    stack = re.search(r"GNU_STACK.* (RW ?E?) ", headers)
    problems = []
    if not re.search(r"Type:\s+DYN", headers) or not re.search(r"FLAGS_1.*\bPIE\b", headers):
        problems.append("not position independent (-pie)")
    if "GNU_RELRO" not in headers:
        problems.append("no read-only relocations (-z relro)")
    if not re.search(r"\(FLAGS\).*BIND_NOW", headers) and not re.search(r"FLAGS_1.*\bNOW\b", headers):
        problems.append("symbols are bound late (-z now)")
    if stack is None or "E" in stack.group(1):
        problems.append("the stack is executable (-z noexecstack)")
    if "__stack_chk_fail" not in symbols:
        problems.append("no stack protector (-fstack-protector-strong)")
    if not re.search(r"\b__\w+_chk\b", symbols):
        problems.append("no checked library calls (-D_FORTIFY_SOURCE=2)")
    if re.search(r"\bTEXTREL\b", headers):
        problems.append("code is relocated at the start")
    return problems
