"""What the repository holds."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
MOST = 512 * 1024


def test_no_tracked_file_is_larger_than_512_kib() -> None:
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    sizes = {name: (ROOT / name).stat().st_size for name in names.split("\0") if (ROOT / name).is_file()}
    assert sizes, "git lists no file"
    assert not {name: size for name, size in sizes.items() if size > MOST}
