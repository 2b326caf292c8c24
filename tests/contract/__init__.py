"""Suites that every variant of a thing goes through; a package, so that its files may be called like others."""
