"""Questions that a code base asks of itself, what hides their answers, and how well they were answered. Pure."""
