"""How far a prompt may travel."""

from typing import Literal

#: From near to far: this machine; the owner's other machines; machines that he has joined; anybody, the clouds too.
Boundary = Literal["machine", "own-nodes", "mesh", "any"]
