"""Run by hand, rarely: what draws the default faces and converts published weights."""
