"""What every platform does alike, and what all those need that show nothing but text."""
