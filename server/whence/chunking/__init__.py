"""Source bytes and a language in, chunks out; pure, and never raises on broken code."""
