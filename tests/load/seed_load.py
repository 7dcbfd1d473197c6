"""Fill an empty database with the deterministic world of the load tests, and print how to sign in. Run by hand:

    DATABASE_URL=sqlite:////tmp/scratch/db.sqlite3 .venv/bin/python tests/load/seed_load.py [--scale 0.01]

It migrates first. DATABASE_URL may name SQLite or PostgreSQL; without it, the database is that of DATA_DIR.
"""

import argparse
import os
import sys
import time
from pathlib import Path

import django


def set_up() -> None:
    """Prepare Django as `manage.py` does."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    if "SECRET_KEY" not in os.environ:
        os.environ.setdefault("DEVELOPMENT", "true")
    django.setup()


def say(line: str = "") -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0, help="0.01 makes a hundredth of everything")
    options = parser.parse_args()
    set_up()

    from django.core.management import call_command

    from tests.load.world import PASSWORD, World, is_empty, session_key

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    if not is_empty():
        sys.exit("This database has people or courses in it. Name an empty one: nothing was written.")
    began = time.perf_counter()
    world = World(options.scale, report=say).fill()
    say(f"\nFilled in {time.perf_counter() - began:.0f} s.")
    say(f"The counters of {world.check()} threads agree with their rows.")
    say(f"The password of everybody: {PASSWORD}")
    for role, user in world.accounts.items():
        say(f"  {role:14} {user.email:26} --cookie sessionid={session_key(user)}")
    say("Paths, the floor first:")
    for name, path in world.paths().items():
        say(f"  {name:32} {path}")
    replied = [str(thread.pk) for thread in world.busy_threads()]
    say(f"For post_replies.py: PORT {session_key(world.accounts['instructor'])} {' '.join(replied)}")


if __name__ == "__main__":
    main()
