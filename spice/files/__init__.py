"""Fits in files: safetensors with a JSON header, never pickles."""
