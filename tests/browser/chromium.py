"""The system's Chromium: found, or installed from the system's packages where that may be done.

`python -m tests.browser.chromium` makes sure that there is one, and says what to do where there is none.
"""

import os
import shutil
import subprocess
import sys

# The same engine without windows takes half the time; Debian packages it.
SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Where the packages cannot be reached, it says so soon.
APT = ["apt-get", "-qq", "-o", "Acquire::http::Timeout=20", "-o", "Acquire::https::Timeout=20"]
# Package managers with the commands that install a package named after them.
INSTALLERS = {
    "apt-get": ([*APT, "update"], [*APT, "-y", "install"]),
    "dnf": (["dnf", "install", "-y", "-q"],),
    "apk": (["apk", "add", "-q"],),
}


def find_chromium() -> str | None:
    """The path of an installed Chromium or Chrome; `CHROMIUM` names one elsewhere."""
    named = os.environ.get("CHROMIUM")
    return next(filter(None, map(shutil.which, [named] if named else NAMES)), None)


def install_chromium() -> bool:
    """Whether the system's package manager installed it."""
    privileged = _privilege()
    manager = next(filter(shutil.which, INSTALLERS), None)
    if privileged is None or manager is None:
        return False
    print("Installing Chromium from the system's packages, for the browser tests …", flush=True)
    *prepare, install = INSTALLERS[manager]
    for command in prepare:
        _run([*privileged, *command])
    done = _run([*privileged, *install, SHELL if _is_shell_packaged() else "chromium"])
    if done.returncode:
        print(done.stdout, file=sys.stderr)
    return not done.returncode


def install_shell() -> None:
    """Adds the lighter one to another Chromium, where the system's package lists have it."""
    privileged = _privilege()
    if privileged is not None and _is_shell_packaged():
        print(
            "Installing Chromium's headless shell from the system's packages: half the time for the tests …", flush=True
        )
        _run([*privileged, *INSTALLERS["apt-get"][-1], SHELL])


def _is_shell_packaged() -> bool:
    return bool(shutil.which("apt-cache")) and _run(["apt-cache", "show", SHELL]).returncode == 0


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def _privilege() -> list[str] | None:
    """The prefix of a command that root runs, or none where that takes a password."""
    if os.geteuid() == 0:
        return []
    if (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    ):
        return ["sudo", "-n", "DEBIAN_FRONTEND=noninteractive"]
    return None


if __name__ == "__main__":
    found = find_chromium()
    if found and "CHROMIUM" not in os.environ and not shutil.which(SHELL):
        install_shell()
    if not found and not (install_chromium() and find_chromium()):
        sys.exit(
            "The browser tests need Chromium: install your system's package `chromium` "
            "(apt install chromium, dnf install chromium, apk add chromium), or set CHROMIUM to its path."
        )
