"""The one Lambda runtime of CloudShelf."""

from datetime import date

PYTHON = "3.13"
RUNTIME = f"python{PYTHON}"
ARCHITECTURE = "arm64"
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html: python3.13, deprecation date
END_OF_SUPPORT = date(2029, 6, 30)
