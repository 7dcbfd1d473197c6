"""A child process that crashes like a library on a malicious file."""

import os

if __name__ == "__main__":
    os.abort()
