"""The settings of backups."""

from triforce_daemon.setting_section import Section
from triforce_daemon.setting_values import Folder


class Backup(Section):
    folder: Folder = ""
    """Where backups go; empty: to the folder archives in the state folder."""
