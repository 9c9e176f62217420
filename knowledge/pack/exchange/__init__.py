"""Entries as files: reading, planning and writing what moderators import and export."""
