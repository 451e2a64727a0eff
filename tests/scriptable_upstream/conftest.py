"""What the tests of the upstream share."""

from tests.scriptable_upstream.fixtures import upstream, upstream_process

__all__ = ["upstream", "upstream_process"]
