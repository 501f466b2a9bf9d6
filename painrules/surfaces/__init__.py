"""Surfaces: what people and programs see. They show a sheet; they never evaluate a rule."""
