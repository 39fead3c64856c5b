"""Pictures of figures, as PNG; the only room that draws."""
