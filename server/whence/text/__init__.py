"""Text in, text out: identifier splitting, stems, the passage embedded for a chunk, secrets masked."""
