#include "stage.hpp"

void Stage::waves(float depth, float y0, float height, float frequency, float speed, int id) {
  const float s = view.scale(depth), phase = random(400 + id) * TAU, from = view.shift(depth),
              per_pixel = frequency / s;
  const float slow = phase + view.time * speed, fast = phase * 3 - view.time * speed * .7f;
  for (int x = 0; x < view.width; x++) {
    const float u = (x - from) * per_pixel;
    curve[x] = view.horizon + (y0 + height * (std::sin(u + slow) + .4f * std::sin(u * 2.3f + fast))) * s;
  }
}

void Stage::ridge(float depth, float y0, float height, float cell, int id) {
  const float s = view.scale(depth), from = view.shift(depth), per_pixel = 1 / (s * cell),
              start = random(500 + id) * 50 + 1000;
  auto level = [&](int i) {
    const float r = random(id * 1000 + i);
    return i & 1 ? .55f + .45f * r : .25f * r;
  };
  int known = -1, known_fine = -1;
  float left = 0, right = 0, fine_left = 0, fine_right = 0;
  for (int x = 0; x < view.width; x++) {
    const float u = (x - from) * per_pixel + start, fine = u * 3.3f;
    const int i = static_cast<int>(u), j = static_cast<int>(fine);
    if (i != known) known = i, left = level(i), right = level(i + 1);
    if (j != known_fine)
      known_fine = j, fine_left = random(id * 1000 + 77 + j), fine_right = random(id * 1000 + 78 + j);
    const float rough = fine_left + (fine_right - fine_left) * (fine - j) - .5f;
    curve[x] = view.horizon + (y0 - height * (left + (right - left) * (u - i) + .13f * rough)) * s;
  }
}

void Stage::lay(Colour top, Colour bottom, float grade, float shadow, int last) {
  if (shadow > 0) canvas.edge_shadow(curve.data(), 5 * view.unit, shadow * (light.dark ? 1.3f : .8f));
  canvas.land(curve.data(), top, bottom, grade * view.unit, nullptr, last);
}

void Stage::front(float lift, float height, Colour colour) {
  const float s = view.scale(1), from = view.middle - view.pan * 1.3f, phase = random(55) * 6;
  for (int x = 0; x < view.width; x++)
    curve[x] =
        view.height - lift * view.unit + view.tilt + height * view.unit * std::sin((x - from) / s * .04f + phase);
  lay(lit(colour), lit(shade(colour, .7f)), 24);
}

void Stage::triangle(float x, float y, float half_width, float height, Colour top, Colour bottom) {
  const float px[3] = {x - half_width, x + half_width, x}, py[3] = {y, y, y - height};
  canvas.polygon(px, py, 3, top, bottom);
}

void Stage::conifer(float x, float y, float s, Colour leaves, bool snowy) {
  canvas.rectangle(x - 2 * s, y - 6 * s, x + 2 * s, y, lit({.36f, .25f, .18f}));
  for (int tier = 0; tier < 3; tier++) {
    const Colour c = snowy && tier == 2 ? lit({.93f, .95f, .98f}) : leaves;
    triangle(x, y - (4 + tier * 11) * s, (14 - tier * 3.2f) * s, 20 * s, shade(c, 1.1f), shade(c, .82f));
  }
}

void Stage::round_tree(float x, float y, float s, Colour leaves) {
  const Colour f = lit(leaves);
  canvas.rectangle(x - 2.5f * s, y - 16 * s, x + 2.5f * s, y, lit({.42f, .29f, .2f}));
  disc(x, y - 26 * s, 15 * s, shade(f, 1.15f), shade(f, .85f));
  disc(x - 9 * s, y - 20 * s, 9 * s, shade(f, 1.1f), shade(f, .85f));
  disc(x + 9 * s, y - 20 * s, 9 * s, shade(f, 1.05f), shade(f, .8f));
}
