"""``python -m shop_sandbox``: starts the sandbox servers."""

import sys

from shop_sandbox.cli import main

sys.exit(main())
