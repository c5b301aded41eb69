#!/usr/bin/python3
"""Cut-outs of synthetic pictures of a utility-meter counter: 24x24 grayscale uint8, 10 digits + 'no meter'.

  meter_crops.py WORKDIR [N_TRAIN]   -> WORKDIR/crops_{train,calib,eval}.npz   (x uint8 [N,24,24,1], y)

The pictures are those of samples/MeterReader (96x96, drawn with PIL/numpy at twice the resolution; glyphs come from the Debian fonts DejaVu
and Liberation), seen by a camera that is fixed over the window: a square around it, not quite in its middle, shrunk and stretched from black to
white. A drum between two digits (next digit coming up from below, up to 72 % of the way) is labelled with the lower (older) digit. Made by us, public domain.
"""
import io, os, sys
from multiprocessing import Pool
import numpy as np
from scipy.ndimage import gaussian_filter
from PIL import Image, ImageDraw, ImageFont, ImageFilter, ImageChops

LABELS = [str(i) for i in range(10)] + ['no_meter']
D, L = '/usr/share/fonts/truetype/dejavu/', '/usr/share/fonts/truetype/liberation/'
FONTS = [D + 'DejaVuSans-Bold.ttf', D + 'DejaVuSans.ttf', D + 'DejaVuSansCondensed-Bold.ttf', D + 'DejaVuSansMono-Bold.ttf', D + 'DejaVuSansCondensed.ttf',
         L + 'LiberationSans-Bold.ttf', L + 'LiberationSans-Regular.ttf', L + 'LiberationSansNarrow-Bold.ttf', L + 'LiberationMono-Bold.ttf', L + 'LiberationSerif-Bold.ttf']
WORDS = ['kWh', 'm³', 'Nr.', 'Qn 2.5', '230V', '50 Hz', 'Class B', '10(60)A', 'imp/kWh', 'Q3 4', 'PN16', 'T50', 'IP54', 'CE', 'x0.1', 'x0.001', 'H-B V-A', 'L/h', 'MID', '2019', '2007', '1998']
_f = {}
def font(p, s):
    k = (p, s)
    if k not in _f: _f[k] = ImageFont.truetype(p, s)
    return _f[k]
def smooth(r, n, cells, lo, hi):
    a = r.uniform(0, 1, (cells, cells)).astype(np.float32)
    return np.asarray(Image.fromarray(a, 'F').resize((n, n), Image.BICUBIC)) * (hi - lo) + lo
def center(d, xy, s, f, fill):
    b = d.textbbox((0, 0), s, font=f); d.text((xy[0] - (b[0] + b[2]) / 2, xy[1] - (b[1] + b[3]) / 2), s, font=f, fill=fill)

def drum(r, w, h, digit, roll, style):
    """one counter drum seen through a window of w x h"""
    fp, fg, bg, rel, pitch = style; ch = max(8, int(h * pitch)); im = Image.new('L', (w, 4 * ch), int(bg)); d = ImageDraw.Draw(im); f = font(fp, int(h * rel))
    for k in range(-1, 3): center(d, (w / 2, (k + 1.5) * ch), str((digit + k) % 10), f, int(fg))
    y0 = int(1.5 * ch + roll * ch - h / 2); a = np.asarray(im.crop((0, y0, w, y0 + h)), np.float32)
    t = (np.arange(h) + .5) / h * 2 - 1; sh = 1 - r.uniform(.1, .6) * np.abs(t + r.uniform(-.2, .2)) ** r.uniform(1.5, 3.5)
    return a * sh[:, None]

def clutter(r, d, C, box, tone, dense):
    """screws, small text, dial, bar code, seams; keeps away from `box`"""
    def free(x, y, m): return box is None or not (box[0] - m < x < box[2] + m and box[1] - m < y < box[3] + m)
    dark = int(np.clip(tone + r.choice([-1, 1]) * r.uniform(40, 150), 5, 250))
    for _ in range(r.integers(1, 6)):                                     # screws / rivets
        x, y, q = r.uniform(10, C - 10), r.uniform(10, C - 10), r.uniform(5, 13)
        if not free(x, y, q + 3): continue
        g = r.uniform(60, 220); d.ellipse((x - q, y - q, x + q, y + q), fill=int(g), outline=int(g * .5)); a = r.uniform(0, 3.1)
        for b in ([a] if r.random() < .5 else [a, a + 1.57]):
            d.line((x - .8 * q * np.cos(b), y - .8 * q * np.sin(b), x + .8 * q * np.cos(b), y + .8 * q * np.sin(b)), fill=int(g * .35), width=max(2, int(q / 3)))
        d.arc((x - q, y - q, x + q, y + q), 200, 290, fill=int(min(255, g * 1.4)), width=2)
    for _ in range(r.integers(2, 8) if dense else r.integers(0, 4)):      # small print
        s = int(r.uniform(10, 26)); x, y = r.uniform(20, C - 20), r.uniform(10, C - 10)
        t = str(r.choice(WORDS)) if r.random() < .6 else ''.join(str(v) for v in r.integers(0, 10, r.integers(3, 9)))
        if free(x, y, len(t) * s * .3 + 4) or (abs(y - (box[1] if y < C / 2 else box[3])) > s and not (box[1] - s < y < box[3] + s)): center(d, (x, y), t, font(str(r.choice(FONTS)), s), dark)
    for _ in range(r.integers(0, 3)):                                     # small pointer dials
        x, y, q = r.uniform(0, C), r.uniform(0, C), r.uniform(20, 46)
        if not free(x, y, q): continue
        d.ellipse((x - q, y - q, x + q, y + q), fill=int(np.clip(tone + r.uniform(-40, 60), 0, 255)), outline=dark, width=2)
        for a in np.arange(10) * .6283: d.line((x + .8 * q * np.cos(a), y + .8 * q * np.sin(a), x + .96 * q * np.cos(a), y + .96 * q * np.sin(a)), fill=dark, width=2)
        a = r.uniform(0, 6.3); d.line((x - .2 * q * np.cos(a), y - .2 * q * np.sin(a), x + .75 * q * np.cos(a), y + .75 * q * np.sin(a)), fill=int(r.uniform(0, 140)), width=max(2, int(q / 9)))
    if r.random() < .25:                                                  # bar code
        x, y, h = r.uniform(0, C - 60), r.uniform(0, C - 20), r.uniform(12, 30)
        if free(x, y, 60) and free(x + 60, y + h, 10):
            d.rectangle((x - 4, y - 3, x + 74, y + h + 3), fill=235)
            while x < C and h > 0 and r.random() > .03: w = r.integers(1, 4); d.rectangle((x, y, x + w, y + h), fill=15); x += w + r.integers(1, 4)
    if r.random() < .4:                                                   # arc scale
        q = r.uniform(90, 150); a0 = r.uniform(0, 6.3)
        for k in range(r.integers(10, 50)): a = a0 + k * .07; d.line((C / 2 + q * np.cos(a), C / 2 + q * np.sin(a), C / 2 + (q + (10 if k % 5 else 16)) * np.cos(a), C / 2 + (q + (10 if k % 5 else 16)) * np.sin(a)), fill=dark, width=2)

def persp(src, dst):
    """coefficients for Image.transform: output point -> input point"""
    A = []; [A.extend([[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]) for (x, y), (u, v) in zip(dst, src)]
    return np.linalg.solve(np.array(A, float), np.array(src, float).ravel())

def crop(cut, im, cx, cy, side):
    """a square of about that side around the window's middle, as 24x24 pixels from black to white"""
    side *= cut.uniform(1.0, 1.12); x0, y0 = (np.clip(c + cut.uniform(-.025, .025) * side - side / 2, 0, 96 - side) for c in (cx, cy))
    x = np.asarray(im.resize((24, 24), Image.BOX, (x0, y0, x0 + side, y0 + side)), np.float32); lo, hi = np.percentile(x, (2, 98))
    return (np.clip((x - lo) / max(16, hi - lo), 0, 1) * 255).round().astype(np.uint8)

def picture(r, cut, label):
    C, S = 320, 192; tone = r.uniform(25, 225)
    h = int(r.uniform(84, 130)); w = int(h * r.uniform(.55, .85)); cx, cy = C // 2, C // 2; has = label < 10
    box = (cx - w // 2, cy - h // 2, cx - w // 2 + w, cy - h // 2 + h)
    kind = 'digit' if has else r.choice(['plain', 'plain', 'empty', 'cover'])
    # --- wall behind the meter and the meter's face, on a flat canvas
    wall = smooth(r, S, r.integers(3, 7), *(np.clip(r.uniform(20, 200) + np.array([-30, 30]), 5, 250)))
    if r.random() < .5: wall = wall + smooth(r, S, 48, -18, 18)
    if r.random() < .3:
        p = r.integers(14, 50); ph = r.integers(0, p); wall = wall.copy(); wall[ph::p] *= .6; wall[:, (ph * 3) % p::p * 2] *= .7
    face = Image.fromarray(np.clip(smooth(r, C, r.integers(2, 6), tone - 15, tone + 15) + smooth(r, C, 80, -6, 6), 0, 255).astype(np.uint8)); d = ImageDraw.Draw(face); clutter(r, d, C, None if kind == 'plain' else box, tone, r.random() < .7)
    if kind != 'plain':
        m = int(r.uniform(4, 18)); fr = float(np.clip(tone + r.choice([-1, 1]) * r.uniform(15, 110), 5, 250))      # bezel
        side = int(w * r.uniform(.0, .34)) + 3 if r.random() < .55 else 0                      # slivers of the neighbouring drums
        d.rounded_rectangle((box[0] - m - side, box[1] - m, box[2] + m + side, box[3] + m), radius=int(r.uniform(0, 12)), fill=int(fr), outline=int(fr * .55), width=int(r.integers(1, 4)))
        dark = r.random() < .6; bg = r.uniform(5, 70) if dark else r.uniform(150, 240); fg = r.uniform(165, 255) if dark else r.uniform(5, 80)
        if r.random() < .2: fg = bg + (fg - bg) * r.uniform(.3, .6)                             # faded or red print
        style = (str(r.choice(FONTS)), fg, bg, r.uniform(.72, 1.0), r.uniform(.95, 1.25)); A = np.array(face, np.float32)
        if kind == 'digit':
            roll = r.normal(0, .035) if r.random() < .5 else r.uniform(0, .72)
            A[box[1]:box[3], box[0]:box[2]] = drum(r, w, h, label, roll, style)
            if side:
                gap = int(r.integers(2, 6)); 
                for sgn in (-1, 1):
                    n = drum(r, w, h, int(r.integers(0, 10)), r.normal(0, .04), style); q = side - gap
                    if q > 2 and sgn < 0: A[box[1]:box[3], box[0] - gap - q:box[0] - gap] = n[:, w - q:]
                    elif q > 2: A[box[1]:box[3], box[2] + gap:box[2] + gap + q] = n[:, :q]
        else:
            A[box[1]:box[3], box[0]:box[2]] = bg if kind == 'empty' else smooth(r, max(h, w), 5, fr - 40, fr + 40)[:h, :w]
            if kind == 'empty' and r.random() < .5: A[box[1]:box[3], box[0]:box[2]] *= np.linspace(r.uniform(.4, 1), r.uniform(.4, 1), h)[:, None]
        k = int(r.integers(2, 10)); A[box[1]:box[1] + k, box[0]:box[2]] *= np.linspace(r.uniform(.2, .8), 1, k)[:, None]    # shadow of the window edge
        face = Image.fromarray(np.clip(A, 0, 255).astype(np.uint8))
    # --- face outline, camera pose
    mask = Image.new('L', (C, C), 0); md = ImageDraw.Draw(mask); q = r.uniform(0, 60)
    if r.random() < .5: md.ellipse((q * .6, q * .6, C - q * .6, C - q * .6), fill=255)
    else: md.rounded_rectangle((q, q * r.uniform(.2, 1.4), C - q, C - q), radius=int(r.uniform(2, 40)), fill=255)
    sc, th = r.uniform(.72, 1.15), np.deg2rad(np.clip(r.normal(0, 6), -15, 15)); lim = S / 2 - 10 - max(h, w) * sc * .56
    tx, ty = (r.uniform(-1, 1, 2) * max(4, lim)) if kind != 'plain' else r.uniform(-60, 60, 2)
    co, si = np.cos(th) * sc, np.sin(th) * sc; pr = r.uniform(-.06, .06, (4, 2)) * C * sc * .5
    dst = [(S / 2 + tx + co * x - si * y + a, S / 2 + ty + si * x + co * y + b) for (x, y), (a, b) in zip([(-C / 2, -C / 2), (C / 2, -C / 2), (C / 2, C / 2), (-C / 2, C / 2)], pr)]
    co8 = persp([(0, 0), (C, 0), (C, C), (0, C)], dst)
    fc = np.asarray(face.transform((S, S), Image.PERSPECTIVE, co8, Image.BILINEAR), np.float32); mk = mask.transform((S, S), Image.PERSPECTIVE, co8, Image.BILINEAR)
    off = int(r.uniform(3, 14)); shd = np.asarray(ImageChops.offset(mk, off, off).filter(ImageFilter.GaussianBlur(off / 2)), np.float32) / 255
    mk = np.asarray(mk, np.float32) / 255; x = wall * (1 - .6 * shd) * (1 - mk) + fc * mk
    # --- light: gradient, cast shadow, dirt, reflections in the cover glass, highlights
    x = x / 255 * smooth(r, S, 3, r.uniform(.35, .95), r.uniform(1.0, 1.35)); yy, xx = np.mgrid[0:S, 0:S].astype(np.float32)
    if r.random() < .45:
        a = r.uniform(0, 6.3); e = (xx - r.uniform(30, 160)) * np.cos(a) + (yy - r.uniform(30, 160)) * np.sin(a); x = x * (1 - r.uniform(.3, .75) / (1 + np.exp(-np.clip(e / r.uniform(1, 12), -30, 30))))
    if r.random() < .25: x = x * (1 - np.clip(smooth(r, S, int(r.integers(30, 70)), -3.5, 1), 0, 1) * r.uniform(.2, .7))   # dust
    if r.random() < .3: x = x * .9 + smooth(r, S, 4, 0, r.uniform(.1, .4))                                     # haze on the glass
    if r.random() < .3:                                                                                        # reflected window / lamp tube
        im = Image.new('L', (S, S), 0); rd = ImageDraw.Draw(im); px, py, sk = r.uniform(0, S), r.uniform(0, S), r.uniform(-30, 30); bw, bh = r.uniform(10, 60), r.uniform(10, 80)
        rd.polygon([(px, py), (px + bw, py + sk * .3), (px + bw + sk, py + bh), (px + sk, py + bh)], fill=255)
        if r.random() < .5: rd.line((px + bw / 2, py, px + bw / 2 + sk, py + bh), fill=0, width=4)
        x = x + np.asarray(im.filter(ImageFilter.GaussianBlur(r.uniform(1, 4))), np.float32) / 255 * r.uniform(.15, .6)
    for _ in range(r.integers(0, 4) if r.random() < .6 else 0):                                                # specular highlights, well above white
        px, py = r.uniform(0, S, 2); a = r.uniform(0, 3.1); u = (xx - px) * np.cos(a) + (yy - py) * np.sin(a); v = (yy - py) * np.cos(a) - (xx - px) * np.sin(a); s1, s2 = r.uniform(2, 14), r.uniform(2, 22)
        x = x + r.uniform(.6, 4) * np.exp(-np.clip((u / s1) ** 2 + (v / s2) ** 2, 0, 40))
    # --- optics and sensor
    b = r.uniform(.3, 1.8) if r.random() < .8 else r.uniform(1.8, 3.8)
    x = gaussian_filter(np.clip(x, 0, 4).astype(np.float32), b, mode='nearest', truncate=3)                    # defocus before clipping, so highlights bloom
    if r.random() < .25:                                                                                       # motion blur
        n = int(r.integers(2, 9)); vx, vy = r.uniform(-1, 1, 2); x = sum(np.roll(x, (int(round(vy * k)), int(round(vx * k))), (0, 1)) for k in range(n)) / n
    x = x.reshape(96, 2, 96, 2).mean((1, 3)); y2, x2 = np.mgrid[-1:1:96j, -1:1:96j]; x = x * (1 - r.uniform(0, .45) * (x2 * x2 + y2 * y2) / 2)
    gain = r.uniform(.7, 1.25) if r.random() < .7 else r.uniform(.25, .7)                                     # low light
    x = np.clip(x * gain, 0, 1); sg = r.uniform(.003, .026); x = x + r.standard_normal((96, 96)) * np.sqrt(sg * sg + x * r.uniform(.0, .0018))
    if r.random() < .4: x = x + r.standard_normal((96, 1)) * r.uniform(0, .012)                                # row noise
    if r.random() < .4: x = (x - np.percentile(x, 1)) / max(.3, np.percentile(x, 99) - np.percentile(x, 1))   # auto exposure
    im = Image.fromarray((np.clip(x, 0, 1) ** r.uniform(.6, 1.3) * 255).round().astype(np.uint8))
    bio = io.BytesIO(); im.save(bio, 'JPEG', quality=int(r.integers(18, 80))); return crop(cut, Image.open(bio).convert('L'), (S / 2 + tx) / 2, (S / 2 + ty) / 2, min(96 / 1.12, max(h, w) * sc / 2))[..., None]

def job(a):
    seed, labels = a; r, cut = np.random.default_rng(seed), np.random.default_rng((*seed, 1)); return np.stack([picture(r, cut, int(c)) for c in labels])

SEEDS = dict(train=1, calib=2, eval=3)
def make(name, n, p):
    seed = SEEDS[name]; r = np.random.default_rng([55, seed]); y = np.arange(n) % 11; r.shuffle(y)
    return np.concatenate(p.map(job, [((66, seed, i), y[i:i + 50]) for i in range(0, n, 50)], 2)), y
if __name__ == '__main__':
    w = sys.argv[1]; os.makedirs(w, exist_ok=True)
    with Pool(2) as p:
        for name, n in (('calib', 128), ('eval', 400), ('train', int(sys.argv[2]) if len(sys.argv) > 2 else 20000)):
            x, y = make(name, n, p); np.savez(f'{w}/crops_{name}.npz', x=x, y=y); print(name, n, flush=True)
