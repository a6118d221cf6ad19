# SPDX-License-Identifier: GPL-3.0-or-later
"""Headless Chromium, for tests and for the pictures of the manual."""
import os
import shutil
import subprocess


def chromium(binary, folder, *arguments, real_time=False):
    """Run the browser; its standard output. Its clock runs ahead unless real_time is set."""
    command = [binary, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
               f"--user-data-dir={folder}/profile",
               "--timeout=20000" if real_time else "--virtual-time-budget=10000", *arguments]
    for last in (False, True):  # a loaded machine can make it miss its own start
        try:
            done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                  timeout=120, env={**os.environ, "HOME": folder}, check=True)
            return done.stdout.decode("utf-8")
        except subprocess.TimeoutExpired:
            if last:
                raise
            shutil.rmtree(os.path.join(folder, "profile"), ignore_errors=True)
    return ""
