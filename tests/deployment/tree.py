"""Runs a Dockerfile without an engine: its lines, one by one, in trees that `mmdebstrap` has made of Debian.

pip finds packages as it does outside: its configuration and the folders that this names are shown inside for the RUN
lines, and are in no tree afterwards.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from tests.builders import ROOT
from tests.deployment.dockerfile import Instruction, Stage, copied

SUITE = "trixie"
"""The release of Debian whose Python is that of the image."""
_PACKAGES = "python3,python3-venv,python3-pip,ca-certificates"
SCRATCH = "/tmp"  # noqa: S108 - inside the tree
"""The folder that is always writable."""
_SHELL_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_PIP_FILES = ("/etc/pip.conf", "/etc/xdg/pip", "/root/.config/pip", "/etc/resolv.conf", "/etc/ssl/certs")


def missing_tools() -> str:
    """Return why trees can't be made here; empty where they can."""
    absent = [tool for tool in ("mmdebstrap", "unshare", "chroot", "mount") if shutil.which(tool) is None]
    if absent:
        return f"{', '.join(absent)} isn't installed"
    return "" if os.geteuid() == 0 else "only root may make such a tree"


def base_tree(folder: Path) -> Path:
    """Make a bare Debian with Python, which stands for the base image."""
    subprocess.run(
        ["/usr/bin/env", "mmdebstrap", "--quiet", "--variant=minbase", f"--include={_PACKAGES}", SUITE, folder],
        check=True,
    )
    (folder / "usr/local/bin/python").symlink_to("/usr/bin/python3")
    return folder


def build(stages: Sequence[Stage], base: Path, folder: Path) -> Path:
    """Run all stages; return the tree of the last one."""
    trees: dict[str, Path] = {}
    for number, stage in enumerate(stages):
        tree = folder / f"stage-{number}"
        subprocess.run(["/bin/cp", "-a", base, tree], check=True)
        trees[stage.name] = tree
        _run_stage(stage, tree, trees)
    return trees[stages[-1].name]


def _run_stage(stage: Stage, tree: Path, trees: Mapping[str, Path]) -> None:
    at = "/"
    for line in stage.instructions:
        if line.name == "WORKDIR":
            at = line.value
            _inside(tree, at).mkdir(parents=True, exist_ok=True)
        elif line.name == "COPY":
            _copy(line, tree, at, trees)
        elif line.name == "RUN":
            environment = {"PATH": _SHELL_PATH, **stage.environment, **_pip_variables()}
            script = in_tree(tree, environment, ["/bin/sh", "-c", line.value], at=at, shown=_pip_paths())
            subprocess.run(script, check=True)


def _copy(line: Instruction, tree: Path, at: str, trees: Mapping[str, Path]) -> None:
    origin, sources, target = copied(line)
    for source in sources:
        found = ROOT / source if origin is None else _inside(trees[origin], source)
        goal = _inside(tree, str(PurePosixPath(at) / target))
        if found.is_dir():
            shutil.copytree(found, goal, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            goal = goal / found.name if target.endswith("/") else goal
            goal.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(found, goal)


def in_tree(
    tree: Path,
    environment: Mapping[str, str],
    command: Sequence[str],
    *,
    at: str = "/",
    user: str = "root",
    shown: Sequence[str] = (),
    data: Path | None = None,
) -> list[str]:
    """Return the command that runs another as process 1 of a namespace of its own, with a tree as its root.

    `shown` are paths of this machine that it sees; with `data` everything else than /data and /tmp is read-only.
    """
    root = shlex.quote(str(tree))
    steps = ["mount --make-rprivate /"]
    for path in shown:
        inside = shlex.quote(str(_inside(tree, path)))
        make = f"mkdir -p {inside}" if Path(path).is_dir() else f"mkdir -p $(dirname {inside}) && touch {inside}"
        steps += [make, f"mount --rbind {shlex.quote(path)} {inside}"]
    if data is not None:
        steps += [f"mount --bind {root} {root}", f"mount -o remount,ro,bind {root}"]
        steps += [f"mount --bind {shlex.quote(str(data))} {root}/data", f"mount -t tmpfs tmpfs {root}{SCRATCH}"]
    steps += [f"mount -t proc proc {root}/proc", f"mount --rbind /dev {root}/dev"]
    inner = ["env", "-i", f"--chdir={at}", *(f"{name}={value}" for name, value in environment.items()), *command]
    steps.append(f"exec chroot --userspec={user} {root} {shlex.join(inner)}")
    return ["unshare", "--mount", "--pid", "--fork", "sh", "-ec", "\n".join(steps)]


def _inside(tree: Path, path: str) -> Path:
    return tree / path.lstrip("/")


def _pip_variables() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith("PIP_") or "proxy" in name.lower()}


def _pip_paths() -> list[str]:
    """Return the files that say where packages come from, and the folders that these name."""
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True
    ).stdout
    named = [word.removeprefix("file://") for word in listed.replace("'", " ").split()]
    beside = [str(Path(path).parent) for path in named if path.count("/") > 2]  # an index names files beside it
    paths = [*_PIP_FILES, *_pip_variables().values(), *named, *beside]
    found = [path for path in dict.fromkeys(paths) if path.startswith("/") and Path(path).exists()]
    return [path for path in found if not any(Path(path).is_relative_to(other) for other in found if other != path)]
