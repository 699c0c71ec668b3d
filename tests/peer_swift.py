"""Run inside a venv with `ms-swift`: what its own loader makes of an export.

    ROOT_IMAGE_DIR=EXPORT python tests/peer_swift.py DATA_FILE

Prints one JSON line: version, and for each record its messages and the sizes of its pictures, as
ms-swift itself opens them.
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import version


def main() -> None:
    from swift.dataset import load_dataset
    from swift.template.vision_utils import load_image

    rows, _ = load_dataset([sys.argv[1]], strict=True, num_proc=1)
    records = [
        {
            "messages": [[said["role"], said["content"]] for said in row["messages"]],
            "sizes": [load_image(one["path"] or one["bytes"]).size for one in row["images"]],
        }
        for row in rows
    ]
    print(json.dumps({"version": version("ms-swift"), "records": records}))


if __name__ == "__main__":
    main()
