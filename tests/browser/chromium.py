"""The system's Chromium: found, or installed from the system's packages where that may be done.

`python -m tests.browser.chromium` makes sure that there is one, and says what to do where there is none.
"""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Package managers with the commands that install Chromium by its name there.
INSTALLERS = {
    "apt-get": (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"]),
    "dnf": (["dnf", "install", "-y", "-q", "chromium"],),
    "apk": (["apk", "add", "-q", "chromium"],),
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
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in INSTALLERS[manager]:
        done = subprocess.run(
            [*privileged, *command],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            print(done.stdout, file=sys.stderr)
            return False
    return True


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
    if find_chromium() is None and not (install_chromium() and find_chromium()):
        sys.exit(
            "The browser tests need Chromium: install your system's package `chromium` "
            "(apt install chromium, dnf install chromium, apk add chromium), or set CHROMIUM to its path."
        )
