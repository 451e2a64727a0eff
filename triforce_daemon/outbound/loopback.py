"""Which hosts are this machine for certain."""

from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """Only by its own literal name: whatever has to be looked up may be anywhere, today or tomorrow."""
    if host.lower() == "localhost":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback
