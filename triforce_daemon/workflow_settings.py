"""The settings of workflows: questions that are asked one after the other."""

from typing import Annotated

from pydantic import Field

from triforce_daemon.setting_section import Section
from triforce_daemon.setting_values import Text, Texts


class Workflow(Section):
    title: Text = ""
    """What it is for."""
    steps: Annotated[Texts, Field(max_length=50)]
    """The questions, with gaps: {{name}} is a variable, {{step1}} what the first step came to, {{previous}} the one
    before."""
    model: Text = ""
    """The model or the alias that answers; empty: the default model."""
    toolset: Text = ""
    """The set of tools that it may call, of which those that need an approval are refused; empty: none."""
