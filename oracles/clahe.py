"""Makes oracles/fixtures/clahe.json: 8-bit images as cv2.createCLAHE equalises them.

Run: pip install opencv-python-headless; python3 oracles/clahe.py
"""

import json
from pathlib import Path

import cv2
import numpy as np

random = np.random.default_rng(5)

cases = []
for height, width, tiles, clip in [(32, 32, 4, 4.0), (40, 24, 8, 2.0), (33, 29, 4, 3.0), (32, 30, 4, 40.0), (24, 24, 2, 0.5)]:
    y, x = np.mgrid[:height, :width]
    image = 90 + 60 * np.sin(x / 7) * np.cos(y / 5) + random.normal(0, 12, (height, width))
    image = np.clip(image, 0, 255).astype(np.uint8)
    equalized = cv2.createCLAHE(clipLimit=clip, tileGridSize=(tiles, tiles)).apply(image)
    cases.append({
        "height": height, "width": width, "tiles": tiles, "clipLimit": clip,
        "image": image.ravel().tolist(), "equalized": equalized.ravel().tolist(),
    })

path = Path(__file__).parent / "fixtures" / "clahe.json"
path.write_text(json.dumps({"cases": cases}, separators=(",", ":")) + "\n")
