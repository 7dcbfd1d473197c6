"""A child process that crashes as a library does that a hostile file has broken."""

import os

if __name__ == "__main__":
    os.abort()
