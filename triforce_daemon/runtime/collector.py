"""When Python looks for objects that hold only each other: never while the daemon starts, seldom while it serves."""

import gc


def rest() -> None:
    """Until `look_seldom`: what is loaded and built at the start stays, and a tenth of the time went to look at it."""
    gc.disable()


def look_seldom() -> None:
    """From here on, and only at what is made from here on."""
    # What is built by now lives as long as the daemon: the collector need not look at it again.
    gc.freeze()
    # Requests leave few circles behind: to look for them every 700 objects costs each of them some percent.
    gc.set_threshold(50_000, 20, 100)
    gc.enable()
