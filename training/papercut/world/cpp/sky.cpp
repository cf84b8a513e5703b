// The sky: its gradient, sun and moon, stars, clouds, and space with its planets.
#include "stage.hpp"

namespace {

void gradient(Stage& stage) {
  const View& view = stage.view;
  const Light& light = stage.light;
  const float from = stage.shot.place == SPACE ? 0 : view.tilt,
              to = stage.shot.place == SPACE ? view.height : view.horizon;
  const float bend = from + (to - from) * .55f;
  const int start = static_cast<int>(from), turn = static_cast<int>(bend), end = static_cast<int>(to);
  stage.canvas.rows(0, start, light.sky_top, light.sky_top);
  stage.canvas.rows(start, turn, light.sky_top, light.sky_middle);
  stage.canvas.rows(turn, end, light.sky_middle, light.sky_horizon);
  stage.canvas.rows(end, view.height, light.sky_horizon, light.sky_horizon);
}

void stars(Stage& stage) {
  const View& view = stage.view;
  const float part = stage.shot.place == SPACE ? 1.f : .56f;
  const Colour c{1, 1, .92f};
  for (int i = 0; i < 46; i++) {
    const float x =
        view.middle + (stage.random(i) - .5f) * view.width * 1.4f * view.scale(.1f) / view.unit - view.pan * .08f;
    const float y = stage.random(100 + i) * view.height * part + view.tilt * .5f,
                r = (.7f + stage.random(200 + i)) * view.unit;
    stage.disc(x, y, r, c, c, .55f + .45f * std::sin(view.time * 2 + i) * .5f);
  }
}

void planets(Stage& stage) {
  static const Colour skins[3] = {{.85f, .55f, .35f}, {.40f, .62f, .78f}, {.72f, .50f, .75f}};
  const View& view = stage.view;
  const float side = stage.random(8) < .5f ? -1.f : 1.f, s = view.scale(.3f), r = 34 * s;
  const float x = view.middle + side * view.width * .27f * s / view.unit - view.pan * .3f,
              y = view.height * .32f + view.tilt * .6f;
  const Colour skin = skins[static_cast<int>(stage.random(9) * 3)];
  stage.disc(x, y, r, shade(skin, 1.25f), shade(skin, .6f));
  stage.canvas.ellipse(x, y + r * .1f, r * .96f, r * .16f, shade(skin, .78f), shade(skin, .75f), .7f);
  stage.canvas.ellipse(x, y - r * .35f, r * .85f, r * .10f, shade(skin, 1.4f), shade(skin, 1.3f), .6f);
  stage.disc(view.middle - (x - view.middle) * .8f, view.height * .22f + view.tilt * .5f, 9 * view.unit,
             {.9f, .9f, .85f}, {.55f, .55f, .6f});
}

void sun_or_moon(Stage& stage) {
  const View& view = stage.view;
  const float q = view.unit, x = view.middle + (stage.random(7) - .5f) * view.width * .62f - view.pan * .06f;
  const float alpha = stage.shot.weather == FOG ? .45f : stage.shot.weather == SNOW ? .7f : 1.f;
  auto glow = [&](float y, float r, Colour c, float strength) {
    stage.disc(x, y, r * q, c, c, strength * alpha, r * .47f * q);
  };
  const float high = view.height * .17f + view.tilt * .8f;
  switch (stage.shot.time) {
    case DAY:
      glow(high, 34, {1, .98f, .8f}, .30f);
      stage.disc(x, high, 15 * q, {1, .97f, .72f}, {1, .92f, .55f}, alpha);
      break;
    case SUNSET: {
      const float y = view.horizon - 19 * q;
      glow(y, 64, {1, .75f, .35f}, .45f);
      stage.disc(x, y, 27 * q, {1, .86f, .42f}, {1, .45f, .22f}, alpha);
      break;
    }
    case NIGHT: {
      const Colour crater{.82f, .82f, .76f}, rim{.8f, .8f, .74f};
      glow(high, 36, {.6f, .68f, .9f}, .25f);
      stage.disc(x, high, 15 * q, {.97f, .96f, .86f}, {.88f, .88f, .82f}, alpha);
      stage.disc(x + 4 * q, high - 3 * q, 3 * q, crater, rim, alpha);
      stage.disc(x - 5 * q, high + 4 * q, 2.5f * q, crater, rim, alpha);
      break;
    }
    default: {
      const float y = view.horizon - 15 * q;
      glow(y, 56, {1, .93f, .75f}, .5f);
      stage.disc(x, y, 17 * q, {1, .97f, .84f}, {1, .88f, .68f}, alpha);
    }
  }
}

void clouds(Stage& stage) {
  const View& view = stage.view;
  const bool heavy = stage.shot.weather == RAIN || stage.shot.weather == SNOW;
  static const Colour ambient[4] = {{1, 1, 1}, {1.f, .74f, .64f}, {.30f, .35f, .56f}, {.96f, .84f, .88f}};
  const Colour hour = ambient[stage.shot.time];
  const Colour c = stage.shot.weather == RAIN ? Colour{.55f, .58f, .64f} * shade(hour, 1.15f)
                                              : mix(shade(hour, 1.12f), stage.light.sky_horizon, .25f);
  const Colour top = shade(c, 1.05f), bottom = shade(c, .93f);
  const float s = view.scale(.15f), span = view.width / view.unit + 100;
  for (int i = 0; i < (heavy ? 6 : 3); i++) {
    const float size = .7f + .7f * stage.random(320 + i), k = size * s;
    const float drift = std::fmod(stage.random(300 + i) * span + view.time * 5 * size + 4000, span) - 50;
    const float x = view.middle + (drift - span * .5f + 50) * s - view.pan * .12f;
    const float y = (.08f + .30f * stage.random(310 + i)) * view.height * .95f + view.tilt * .8f;
    for (int puff = 0; puff < 4; puff++) {
      const bool inner = puff == 1 || puff == 2;
      stage.canvas.ellipse(x + (puff - 1.5f) * 15 * k, y + (inner ? -5 : 2) * k, (inner ? 16 : 14) * k,
                           (puff == 1 ? 12 : 9) * k, top, bottom, .92f);
    }
  }
}

}  // namespace

void paint_sky(Stage& stage) {
  const int place = stage.shot.place, weather = stage.shot.weather;
  if (place == ROOM || place == UNDERWATER) return;
  gradient(stage);
  if (stage.light.dark && weather == CLEAR) stars(stage);
  if (place == SPACE) {
    planets(stage);
    return;
  }
  if (weather != RAIN) sun_or_moon(stage);
  clouds(stage);
}
