"""Amounts as canonical rows have them, texts with two decimals, and sums of them in cents."""


def in_cents(amount: str) -> int:
    return int(amount.replace(".", ""))


def cents(count: int) -> str:
    return f"{count // 100}.{count % 100:02}"
