// Places by the water, and under it.
#include "stage.hpp"

namespace {

Colour water_of(const Stage& stage, Colour c) { return c * mix(stage.light.scenery, {1, 1, 1}, .1f); }

// Light of the sun or moon on the water below it.
void glitter(Stage& stage, float from, int bars) {
  const View& view = stage.view;
  if (stage.shot.weather == RAIN || stage.shot.weather == FOG) return;
  const float q = view.unit, x = view.middle + (stage.random(7) - .5f) * view.width * .62f - view.pan * .06f;
  const Colour c = stage.shot.time == NIGHT ? Colour{.85f, .88f, .95f} : Colour{1, .92f, .7f};
  for (int i = 0; i < bars; i++) {
    const float y = from + (3 + i * 5) * q, t = view.time;
    stage.canvas.rectangle(x - (8 + i * 2 + 4 * std::sin(t * 3 + i * 2)) * q, y,
                           x + (8 + i * 2 + 4 * std::sin(t * 2.3f + i * 3)) * q, y + 1.6f * q, c, .42f);
  }
}

// Waves around what floats: a body of water, a crest of foam, and a darker swell at the picture's lower edge.
void swell(Stage& stage, Colour water, float rough) {
  const View& view = stage.view;
  const float s = view.scale(1), from = view.shift(1), t = view.time, q = view.unit;
  for (int x = 0; x < view.width; x++) {
    const float u = (x - from) / s;
    stage.curve[x] =
        view.ground + (-2 + rough * (2.4f * std::sin(u * .06f + t * 1.8f) + std::sin(u * .13f - t * 1.3f))) * q;
    stage.lower[x] = stage.curve[x] + 1.6f * q;
  }
  stage.canvas.land(stage.curve.data(), shade(water, 1.15f), shade(water, .75f), 50 * q);
  stage.canvas.land(stage.curve.data(), shade(water, 1.5f), shade(water, 1.5f), 50 * q, stage.lower.data());
}

void palm(Stage& stage, float x, float y, float s) {
  const Colour trunk = stage.lit({.55f, .40f, .26f}), leaf = stage.lit({.25f, .56f, .32f});
  float bend = 0, px = x, py = y;
  for (int i = 0; i < 5; i++) {
    bend += 1.4f * s;
    stage.canvas.limb(px, py, (3.4f - i * .3f) * s, px + bend, py - 11 * s, (3.1f - i * .3f) * s, trunk);
    px += bend, py -= 11 * s;
  }
  const float sway = .06f * std::sin(stage.view.time * 1.2f);
  for (int i = 0; i < 6; i++) {
    const float angle = -2.75f + i * .46f + sway, droop = std::fabs(angle + 1.57f) * 9 * s;
    const float mx = px + std::cos(angle) * 15 * s, my = py + std::sin(angle) * 11 * s;
    stage.canvas.limb(px, py, 2 * s, mx, my, 4 * s, shade(leaf, .85f + .06f * i));
    stage.canvas.limb(mx, my, 4 * s, px + std::cos(angle) * 28 * s, my + droop, .6f * s, shade(leaf, .85f + .06f * i));
  }
}

}  // namespace

void paint_sea(Stage& stage) {
  const View& view = stage.view;
  const Colour water = water_of(stage, {.16f, .48f, .66f}), horizon = stage.light.sky_horizon;
  stage.waves(.2f, 0, .4f, .05f, .5f, 0);
  stage.lay(mix(mix(water, horizon, .55f), horizon, .2f), water, view.height * .4f / view.unit, 0);
  glitter(stage, view.horizon, 9);
  stage.waves(.5f, 14, 1.6f, .07f, 1.2f, 1);
  stage.lay(shade(water, 1.08f), shade(water, .8f), view.height * .35f / view.unit, .12f);
}

void paint_sea_front(Stage& stage) {
  const View& view = stage.view;
  const Colour water = water_of(stage, {.13f, .42f, .62f});
  swell(stage, water, 1);
  const float s = view.scale(1), from = view.middle - view.pan * 1.3f;
  for (int x = 0; x < view.width; x++)
    stage.curve[x] = view.height - 19 * view.unit + view.tilt +
                     3 * view.unit * std::sin((x - from) / s * .045f + view.time * 2.3f + 2);
  stage.lay(shade(water, .9f), shade(water, .6f), 30, .12f);
}

void paint_beach(Stage& stage) {
  const View& view = stage.view;
  const Colour water = water_of(stage, {.14f, .58f, .70f}), sand{.95f, .83f, .58f};
  const float q = view.unit;
  stage.waves(.2f, -3, .3f, .05f, .5f, 0);
  stage.lay(mix(water, stage.light.sky_horizon, .5f), water, 40, 0);
  glitter(stage, view.horizon, 3);
  for (int x = 0; x < view.width; x++) stage.lower[x] = 0;
  stage.waves(.55f, 16 + 2 * std::sin(view.time * .9f), 1.5f, .035f, .8f, 1);
  for (int x = 0; x < view.width; x++) stage.lower[x] = stage.curve[x] + 3 * q;
  stage.canvas.land(stage.curve.data(), stage.lit({.97f, .99f, 1.f}), stage.lit({.97f, .99f, 1.f}), 10 * q,
                    stage.lower.data());
  std::swap(stage.curve, stage.lower);
  stage.lay(stage.lit(shade(sand, .93f)), stage.lit(shade(sand, .9f)), 60, .1f);
  stage.along(.7f, 190, 21,
              [&](float x, float s, int, float r) { palm(stage, x, view.horizon + 27 * s, s * (1.05f + .4f * r)); });
  stage.along(.75f, 150, 22, [&](float x, float s, int i, float) {  // parasols, in pale stripes
    const float y = view.horizon + 34 * s, px[4] = {x - 19 * s, x + 19 * s, x + 9 * s, x - 9 * s},
                py[4] = {y - 20 * s, y - 20 * s, y - 31 * s, y - 31 * s};
    const Colour cloth = stage.lit(i & 1 ? Colour{.93f, .72f, .62f} : Colour{.70f, .82f, .80f});
    stage.canvas.rectangle(x - .9f * s, y - 24 * s, x + .9f * s, y, stage.lit({.9f, .88f, .82f}));
    stage.canvas.polygon(px, py, 4, shade(cloth, 1.15f), cloth);
    const float qx[4] = {x - 7 * s, x + 7 * s, x + 3 * s, x - 3 * s}, qy[4] = {py[0], py[0], py[2], py[2]};
    stage.canvas.polygon(qx, qy, 4, stage.lit({.98f, .96f, .90f}), stage.lit({.95f, .92f, .86f}));
  });
  stage.waves(.9f, 30, 3, .022f, 0, 2);
  stage.lay(stage.lit(shade(sand, 1.08f)), stage.lit(shade(sand, .85f)), 60, .1f);
}

void paint_river(Stage& stage) {
  const View& view = stage.view;
  const Colour bank{.44f, .68f, .34f}, water = water_of(stage, {.24f, .56f, .72f});
  stage.waves(.2f, -20, 9, .018f, 0, 0);
  stage.lay(stage.light.through_air({.40f, .62f, .40f}, .42f), stage.light.through_air({.40f, .62f, .40f}, .3f), 50);
  stage.along(.35f, 30, 23, [&](float x, float s, int i, float r) {
    if (i & 1)
      stage.conifer(x, view.horizon + 8 * s, s * (.9f + .6f * r), stage.light.through_air({.20f, .46f, .30f}, .2f));
    else
      stage.round_tree(x, view.horizon + 8 * s, s * (.7f + .4f * r), {.34f, .60f, .30f});
  });
  stage.waves(.45f, 4, 2, .025f, 0, 1);
  stage.lay(stage.lit(shade(bank, 1.05f)), stage.lit(shade(bank, .85f)), 30);
  stage.waves(.6f, 15, 1, .03f, .4f, 2);
  stage.lay(mix(shade(water, 1.15f), stage.light.sky_horizon, .25f), shade(water, .85f), 60, .25f);
  for (int i = 0; i < 10; i++) {  // glints that drift with the stream
    const float x = std::fmod(stage.random(700 + i) * 1.2f * view.width + view.time * 22 * view.unit - view.pan * .8f +
                                  40.f * view.width,
                              1.2f * view.width) -
                    .1f * view.width;
    const float y = view.horizon + (20 + 26 * stage.random(720 + i)) * view.unit;
    stage.canvas.rectangle(x, y, x + (10 + 14 * stage.random(740 + i)) * view.unit, y + 1.3f * view.unit,
                           shade(water, 1.35f), .6f);
  }
}

void paint_river_front(Stage& stage) {
  const View& view = stage.view;
  swell(stage, water_of(stage, {.20f, .50f, .68f}), .45f);
  stage.front(15, 3, {.26f, .48f, .22f});
  stage.along(1.15f, 22, 24, [&](float x, float s, int i, float r) {  // reeds
    const float y = view.height + view.tilt - 8 * view.unit, lean = 2.5f * std::sin(view.time * 1.4f + i) * view.unit,
                h = (12 + 16 * r) * std::min(s, 1.4f * view.unit);
    stage.canvas.limb(x, y, 1.4f * view.unit, x + lean, y - h, .7f * view.unit, stage.lit({.32f, .54f, .26f}));
    if (i % 3 == 0)
      stage.canvas.limb(x + lean, y - h, 1.8f * view.unit, x + lean, y - h + 6 * view.unit, 1.8f * view.unit,
                        stage.lit({.45f, .30f, .18f}));
  });
}

void paint_underwater(Stage& stage) {
  const View& view = stage.view;
  static const Colour tops[4] = {{.42f, .82f, .88f}, {.72f, .60f, .62f}, {.06f, .16f, .34f}, {.62f, .76f, .86f}};
  static const Colour bottoms[4] = {{.04f, .30f, .48f}, {.16f, .20f, .42f}, {.01f, .05f, .15f}, {.16f, .32f, .50f}};
  const Colour top = tops[stage.shot.time], bottom = bottoms[stage.shot.time], ray = shade(top, 1.4f);
  stage.canvas.rows(0, view.height, top, bottom);
  for (int i = 0; i < 4; i++) {  // rays of light from above
    const float x = view.middle + (stage.random(760 + i) - .5f) * view.width * 1.1f - view.pan * .15f,
                w = (12 + 14 * stage.random(764 + i)) * view.unit;
    const float sway = 12 * view.unit * std::sin(view.time * .5f + i * 2), lean = 46 * view.unit;
    const float px[4] = {x - w * .4f, x + w * .4f, x + w - lean + sway, x - w - lean + sway},
                py[4] = {-2, -2, view.height * .8f, view.height * .8f};
    stage.canvas.polygon(px, py, 4, ray, bottom, .16f);
  }
  stage.waves(.3f, 8, 9, .02f, 0, 0);
  stage.lay(mix(bottom, top, .28f), mix(bottom, top, .15f), 50, .12f);
  stage.along(.4f, 42, 25, [&](float x, float s, int i, float r) {  // corals
    const Colour skin = mix(stage.lit(i & 1 ? Colour{.86f, .48f, .52f} : Colour{.78f, .60f, .80f}), bottom, .45f);
    const float y = view.horizon + 18 * s;
    for (int arm = -1; arm <= 1; arm++)
      stage.canvas.limb(x, y, 3.2f * s, x + arm * 9 * s, y - (13 + 9 * r - std::abs(arm) * 4) * s, 2.6f * s, skin);
  });
  const Colour sand = mix(stage.lit({.86f, .78f, .58f}), bottom, .4f);
  stage.waves(.8f, 32, 4, .022f, 0, 2);
  stage.lay(sand, shade(sand, .7f), 50, .15f);
  for (int i = 0; i < 12; i++) {  // bubbles
    const float rise = std::fmod(stage.random(800 + i) + view.time * (.10f + .08f * stage.random(812 + i)), 1.f);
    const float x = (stage.random(824 + i) * 1.1f - .05f) * view.width + 4 * view.unit * std::sin(view.time * 2 + i) -
                    view.pan * .4f;
    stage.disc(x, view.height * (1.02f - rise * 1.05f) + view.tilt, (1.2f + 2 * stage.random(836 + i)) * view.unit,
               shade(top, 1.3f), top, .55f);
  }
}

void paint_underwater_front(Stage& stage) {
  const View& view = stage.view;
  stage.along(1.2f, 48, 26, [&](float x, float s, int i, float r) {  // weeds
    const Colour leaf = mix(stage.lit({.16f, .50f, .36f}), {.03f, .16f, .26f}, .35f);
    float px = x, py = view.height + view.tilt + 6 * view.unit;
    for (int part = 0; part < 4; part++) {
      const float nx = px + 4.5f * s * std::sin(view.time * 1.3f + part * .9f + i), ny = py - (9 + 6 * r) * s;
      stage.canvas.limb(px, py, (3 - part * .6f) * s, nx, ny, (2.4f - part * .6f) * s, shade(leaf, .9f + .08f * part));
      px = nx, py = ny;
    }
  });
}
