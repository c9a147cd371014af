"""Exercises for the reader, with answers worked out from the run: a module each, pure functions of what it left."""
