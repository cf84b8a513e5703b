// Places that people built: city, village, room.
#include "stage.hpp"

namespace {

// Windows of one house front, some of them lit in the evening.
void windows(Stage& stage, float x, float top, float half_width, int floors, float s, Colour wall, int id, bool far) {
  const int time = stage.shot.time;
  const bool evening = time == NIGHT || time == SUNSET;
  for (int floor = 0; floor < floors; floor++)
    for (int column = -1; column <= 1; column++) {
      const bool lit = stage.random(id * 97 + floor * 3 + column) < (time == NIGHT ? .6f : .5f);
      Colour glass =
          lit ? (evening ? Colour{1, .86f, .45f} : stage.lit({.85f, .93f, .98f})) : shade(wall, evening ? .75f : .8f);
      if (far) glass = mix(glass, wall, .5f);
      const float wx = x + column * half_width * .58f, wy = top + (5 + floor * 11) * s;
      stage.canvas.rectangle(wx - 2.2f * s, wy, wx + 2.2f * s, wy + 5 * s, glass);
    }
}

}  // namespace

void paint_city(Stage& stage) {
  static const Colour walls[3] = {{.50f, .54f, .66f}, {.62f, .55f, .58f}, {.42f, .50f, .58f}};
  const View& view = stage.view;
  stage.waves(.2f, 2, 0, .02f, 0, 0);
  const Colour haze = stage.light.through_air({.52f, .53f, .58f}, .3f);
  stage.lay(haze, haze, 40, 0);
  for (int row = 0; row < 2; row++) {
    stage.along(.2f + .3f * row, row ? 40 : 28, 4 + row, [&](float x, float s, int i, float r) {
      const float half_width = (row ? 17 : 13) * s * (.8f + .4f * stage.random(i * 3 + row)),
                  tall = (row ? 42 + 62 * r : 60 + 70 * r) * s;
      const float foot = view.horizon + (row ? 26 : 14) * s, top = view.horizon + (row ? 20 : 8) * s - tall;
      const Colour wall = stage.light.through_air(walls[scramble(i * 7 + view.seed + row) % 3], row ? .08f : .45f);
      if (x + half_width < 0 || x - half_width > view.width) return;
      const float px[4] = {x - half_width, x + half_width, x + half_width, x - half_width},
                  py[4] = {top, top, foot, foot};
      stage.canvas.polygon(px, py, 4, shade(wall, 1.1f), shade(wall, .85f));
      if (stage.random(i * 5 + row) < .4f) stage.canvas.rectangle(x - s, top - 10 * s, x + s, top, wall);
      windows(stage, x, top, half_width, static_cast<int>(tall / (11 * s)), s, wall, i + row * 31, row == 0);
    });
  }
  stage.waves(.9f, 18, 0, .02f, 0, 2);
  stage.lay(stage.lit({.52f, .53f, .56f}), stage.lit({.36f, .37f, .42f}), 60);
}

void paint_village(Stage& stage) {
  static const Colour walls[3] = {{.93f, .87f, .76f}, {.86f, .80f, .74f}, {.80f, .78f, .70f}};
  static const Colour roofs[3] = {{.60f, .38f, .30f}, {.48f, .40f, .40f}, {.66f, .48f, .34f}};
  const View& view = stage.view;
  const Light& light = stage.light;
  const bool evening = stage.shot.time == NIGHT || stage.shot.time == SUNSET;
  const Colour green{.46f, .66f, .36f};
  stage.waves(.2f, -18, 9, .017f, 0, 0);
  stage.lay(light.through_air(green, .42f), light.through_air(green, .3f), 50);
  const float church = view.shift(.4f) + (stage.random(41) - .5f) * 160 * view.scale(.4f), s0 = view.scale(.4f),
              y0 = view.horizon + 10 * s0;
  const Colour stone = light.through_air({.84f, .80f, .74f}, .12f), slate = light.through_air({.42f, .42f, .50f}, .1f);
  stage.canvas.rectangle(church - 8 * s0, y0 - 52 * s0, church + 8 * s0, y0, stone);
  stage.triangle(church, y0 - 52 * s0, 11 * s0, 32 * s0, shade(slate, 1.1f), slate);
  stage.disc(church, y0 - 42 * s0, 3.4f * s0, light.through_air({.98f, .97f, .9f}, .05f),
             light.through_air({.98f, .97f, .9f}, .05f));
  stage.along(.45f, 46, 27, [&](float x, float s, int i, float r) {
    const int pick = static_cast<int>(scramble(i * 13 + view.seed) % 3);
    const Colour wall = light.through_air(walls[pick], .08f),
                 roof = light.through_air(roofs[scramble(i * 29 + view.seed) % 3], .06f);
    const float w = (15 + 4 * r) * s, y = view.horizon + 18 * s, tall = (20 + 8 * r) * s;
    stage.canvas.rectangle(x - w, y - tall, x + w, y, wall);
    stage.triangle(x, y - tall, w + 4 * s, (15 + 4 * r) * s, shade(roof, 1.15f), shade(roof, .85f));
    const Colour glass = evening ? Colour{1, .86f, .45f} : stage.lit({.62f, .78f, .86f});
    stage.canvas.rectangle(x - .65f * w, y - .75f * tall, x - .2f * w, y - .4f * tall, glass);
    stage.canvas.rectangle(x + .2f * w, y - .75f * tall, x + .65f * w, y - .4f * tall, glass);
    stage.canvas.rectangle(x - 2.6f * s, y - .42f * tall, x + 2.6f * s, y, stage.lit({.40f, .28f, .2f}));
  });
  stage.along(.6f, 86, 28, [&](float x, float s, int, float r) {
    stage.round_tree(x, view.horizon + 20 * s, s * (.6f + .3f * r), {.36f, .60f, .30f});
  });
  stage.waves(.9f, 20, 3, .022f, 0, 2);
  stage.lay(stage.lit({.74f, .66f, .50f}), stage.lit({.52f, .46f, .36f}), 60);
}

void paint_room(Stage& stage) {
  const View& view = stage.view;
  const Light& light = stage.light;
  static const Colour lamps[4] = {{1, 1, 1}, {1.f, .84f, .72f}, {.62f, .56f, .60f}, {.98f, .92f, .92f}};
  static const Colour papers[3] = {{.80f, .86f, .80f}, {.88f, .82f, .74f}, {.78f, .82f, .88f}};
  const Colour lamp = lamps[stage.shot.time], paper = papers[static_cast<int>(stage.random(51) * 3)] * lamp;
  const float s = view.scale(.5f), floor = view.horizon + 20 * s, origin = view.shift(.5f);
  stage.canvas.rows(0, static_cast<int>(floor) + 1, shade(paper, 1.06f), shade(paper, .86f));
  stage.along(.5f, 24, 29, [&](float x, float, int, float) {
    stage.canvas.rectangle(x - 2 * s, 0, x + 2 * s, floor, shade(paper, 1.12f), .5f);
  });

  const float side = stage.random(52) < .5f ? -1.f : 1.f, wx = origin + side * 62 * s, top = view.horizon - 78 * s,
              w = 33 * s, h = 54 * s;
  const Colour frame = Colour{.98f, .96f, .92f} * lamp;
  stage.canvas.rectangle(wx - w - 4 * s, top - 4 * s, wx + w + 4 * s, top + h + 4 * s, frame);
  const float px[4] = {wx - w, wx + w, wx + w, wx - w}, py[4] = {top, top, top + h, top + h};
  stage.canvas.polygon(px, py, 4, light.sky_top, light.sky_horizon);
  switch (stage.shot.time) {
    case DAY: stage.disc(wx + 14 * s, top + 14 * s, 7 * s, {1, .97f, .72f}, {1, .92f, .55f}); break;
    case NIGHT: stage.disc(wx + 14 * s, top + 14 * s, 7 * s, {.97f, .96f, .86f}, {.88f, .88f, .82f}); break;
    case SUNSET: stage.disc(wx - 6 * s, top + h - 11 * s, 10 * s, {1, .86f, .42f}, {1, .45f, .22f}); break;
    default: stage.disc(wx - 6 * s, top + h - 9 * s, 8 * s, {1, .97f, .84f}, {1, .88f, .68f});
  }
  stage.canvas.rectangle(wx - 1.2f * s, top, wx + 1.2f * s, top + h, frame);
  stage.canvas.rectangle(wx - w, top + h * .5f - 1.2f * s, wx + w, top + h * .5f + 1.2f * s, frame);
  const Colour curtain = Colour{.80f, .62f, .56f} * lamp;
  for (float edge : {-1.f, 1.f})
    stage.canvas.rectangle(wx + edge * w - 7 * s, top - 7 * s, wx + edge * w + 7 * s, top + h + 14 * s,
                           shade(curtain, 1 + .05f * edge));
  stage.canvas.rectangle(wx - w - 12 * s, top - 10 * s, wx + w + 12 * s, top - 6 * s, Colour{.50f, .36f, .26f} * lamp);

  const float ix = origin - side * 56 * s, iy = view.horizon - 52 * s;  // a picture, and a lamp below it
  stage.canvas.rectangle(ix - 17 * s, iy - 13 * s, ix + 17 * s, iy + 13 * s, Colour{.56f, .42f, .30f} * lamp);
  stage.canvas.rectangle(ix - 14 * s, iy - 10 * s, ix + 14 * s, iy + 10 * s, Colour{.80f, .88f, .90f} * lamp);
  stage.triangle(ix - 3 * s, iy + 10 * s, 9 * s, 14 * s, Colour{.60f, .66f, .72f} * lamp,
                 Colour{.50f, .58f, .62f} * lamp);
  stage.triangle(ix + 6 * s, iy + 10 * s, 8 * s, 9 * s, Colour{.56f, .68f, .58f} * lamp,
                 Colour{.48f, .60f, .50f} * lamp);

  stage.canvas.rectangle(0, floor - 4 * s, view.width, floor, Colour{.94f, .92f, .88f} * lamp);
  for (auto& y : stage.curve) y = floor;
  const Colour wood = Colour{.72f, .54f, .38f} * lamp;
  stage.canvas.land(stage.curve.data(), wood, shade(wood, .72f), 70 * view.unit);

  const float lx = origin - side * 108 * s, ly = floor + 8 * s;
  const bool on = stage.shot.time == NIGHT || stage.shot.time == SUNSET;
  stage.canvas.rectangle(lx - 1.4f * s, ly - 74 * s, lx + 1.4f * s, ly, Colour{.36f, .32f, .32f} * lamp);
  stage.canvas.ellipse(lx, ly, 10 * s, 2.6f * s, Colour{.36f, .32f, .32f} * lamp, Colour{.30f, .27f, .28f} * lamp);
  if (on) stage.disc(lx, ly - 76 * s, 46 * s, {1, .86f, .52f}, {1, .86f, .52f}, .30f, 24 * s);
  const float hx[4] = {lx - 9 * s, lx + 9 * s, lx + 16 * s, lx - 16 * s},
              hy[4] = {ly - 90 * s, ly - 90 * s, ly - 68 * s, ly - 68 * s};
  stage.canvas.polygon(hx, hy, 4, on ? Colour{1, .93f, .70f} : Colour{.94f, .90f, .82f} * lamp,
                       on ? Colour{1, .84f, .50f} : Colour{.86f, .80f, .72f} * lamp);

  const float rx = view.shift(.9f), ry = view.ground + 2 * view.unit, k = view.scale(.9f);
  const Colour rug = Colour{.62f, .56f, .60f} * lamp;
  stage.canvas.ellipse(rx, ry, 100 * k, 15 * k, rug, shade(rug, .9f));
  stage.canvas.ellipse(rx, ry, 84 * k, 11.5f * k, shade(rug, 1.2f), shade(rug, 1.1f));
}
