"""`python -m cloudshelf`."""

from cloudshelf.cli import main

main()
