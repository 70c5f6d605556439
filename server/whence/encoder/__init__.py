"""Adapter to onnxruntime and tokenizers: a model folder becomes unit vectors."""
