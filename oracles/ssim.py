"""Makes oracles/fixtures/ssim.json: structural similarity as scikit-image computes it with the paper's settings.

Wang et al. 2004: an 11x11 Gaussian window of 1.5 pixels, K1 = 0.01, K2 = 0.03, windows inside the image alone.
Run: pip install scikit-image; python3 oracles/ssim.py
"""

import json
from pathlib import Path

import numpy as np
from skimage.metrics import structural_similarity


def case(rng, name, shape, peak, disturb):
    """Smooth images have structure; the disturbance says what a network might do to them."""
    height, width, channels = shape
    y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(channels), indexing="ij")
    clean = 0.5 + 0.3 * np.sin(y / 3 + c) * np.cos(x / 4) + 0.1 * rng.random(shape)
    target = (peak * clean).astype(np.float32)
    prediction = (peak * disturb(clean)).astype(np.float32)
    value = structural_similarity(
        prediction.astype(np.float64),
        target.astype(np.float64),
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
        K1=0.01,
        K2=0.03,
        data_range=peak,
        channel_axis=2,
    )
    flat = lambda image: [float(f"{value:.9g}") for value in image.ravel()]
    return {
        "name": name,
        "peak": peak,
        "height": height,
        "width": width,
        "channels": channels,
        "target": flat(target),
        "prediction": flat(prediction),
        "ssim": value,
    }


def main():
    rng = np.random.default_rng(5)
    noisy = lambda image: image + 0.1 * rng.standard_normal(image.shape)
    cases = [
        case(rng, "noise", (16, 20, 1), 1.0, noisy),
        case(rng, "colour noise of bytes", (13, 11, 3), 255.0, noisy),
        case(rng, "one window", (11, 11, 1), 1.0, noisy),
        case(rng, "less contrast", (14, 17, 2), 1.0, lambda image: 0.4 * image + 0.3),
        case(rng, "the negative", (15, 15, 1), 1.0, lambda image: 1 - image),
    ]
    path = Path(__file__).parent / "fixtures" / "ssim.json"
    path.write_text(json.dumps(cases, separators=(",", ":")) + "\n")
    for entry in cases:
        print(f"{entry['name']}: {entry['ssim']:.6f}")


if __name__ == "__main__":
    main()
