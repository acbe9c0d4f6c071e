"""Which side a shopper belongs to while both are open: the same arithmetic as the router's, in JavaScript."""

BUCKETS = 100
OFFSET, PRIME = 0x811C9DC5, 0x01000193


def bucket(user_id: str) -> int:
    """FNV-1a, 32 bits, of the UTF-8 bytes, modulo 100."""
    value = OFFSET
    for byte in user_id.encode():
        value = (value ^ byte) * PRIME & 0xFFFFFFFF
    return value % BUCKETS


def is_targets(user_id: str, weight: int) -> bool:
    """Whether the target owns the shopper."""
    return bucket(user_id) < weight
