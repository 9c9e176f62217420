"""The colors of all pictures. Text has a contrast of at least 7 to 1 with its background (WCAG AAA)."""

# Red, green and blue, 0 to 255.
Color = tuple[int, int, int]

NIGHT: Color = (16, 42, 67)
PAPER: Color = (250, 247, 240)
MIST: Color = (200, 214, 226)
AMBER: Color = (246, 196, 92)
# Lines and areas that are no text; the bars of a chart have a contrast of at least 3 to 1.
RULE: Color = (72, 101, 129)
SKY: Color = (143, 190, 230)
ROSE: Color = (200, 80, 120)
