"""What this machine has of what the images bring along: PostgreSQL and Redis."""

from __future__ import annotations

import os
import pwd
import shutil
from pathlib import Path

from compose_processes.errors import ComposeError


def missing_programs() -> str | None:
    """A sentence if this machine lacks PostgreSQL or Redis, else None."""
    missing = []
    if postgres_programs() is None:
        missing.append("PostgreSQL (Debian package postgresql)")
    if shutil.which("redis-server") is None or shutil.which("redis-cli") is None:
        missing.append("Redis (Debian package redis-server)")
    if postgres_programs() is not None and os.geteuid() == 0 and _postgres_user() is None:
        missing.append("a user postgres, as which root can run PostgreSQL")
    return f"This machine has no {' and no '.join(missing)}." if missing else None


def postgres_programs() -> Path | None:
    """The folder of ``initdb`` and the others, of the newest version that is installed."""
    found = list(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return max(found, key=lambda program: int(program.parts[-3])).parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


def as_postgres(*argv: str) -> tuple[str, ...]:
    """A command of PostgreSQL's, as user ``postgres`` if this is root, whom PostgreSQL refuses."""
    if os.geteuid() != 0:
        return argv
    user = _postgres_user()
    if user is None:
        raise ComposeError("PostgreSQL does not run as root, and there is no user postgres.")
    return (
        "setpriv",
        f"--reuid={user.pw_uid}",
        f"--regid={user.pw_gid}",
        "--clear-groups",
        "--pdeathsig=KILL",
        *argv,
    )


def give_to_postgres(path: Path) -> None:
    """Let the user that runs PostgreSQL have a file or folder."""
    user = _postgres_user()
    if os.geteuid() == 0 and user is not None:
        os.chown(path, user.pw_uid, user.pw_gid)


def _postgres_user() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return None
