"""The pictures of docs/: who looks at which page, how to get there, and the camera."""
