"""Connections to other frameworks, a module for each; each module needs the extra of its name."""
