"""The colours of all pictures. Whatever is text has a contrast of at least 7 to 1 with what it stands on (WCAG AAA)."""

# Red, green and blue, 0 to 255.
Colour = tuple[int, int, int]

NIGHT: Colour = (16, 42, 67)
PAPER: Colour = (250, 247, 240)
MIST: Colour = (200, 214, 226)
AMBER: Colour = (246, 196, 92)
# Lines and areas that are no text; the bars of a chart have a contrast of at least 3 to 1.
RULE: Colour = (72, 101, 129)
SKY: Colour = (143, 190, 230)
ROSE: Colour = (200, 80, 120)
