"""What ships: the wheel, the image, what stands in `deploy/`, and the scaled topology."""
