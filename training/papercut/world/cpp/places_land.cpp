// Open land: desert, forest, mountains, meadow and snow.
#include "stage.hpp"

void paint_desert(Stage& stage) {
  const View& view = stage.view;
  const Light& light = stage.light;
  const Colour sand{.93f, .76f, .48f};
  stage.waves(.15f, -8, 10, .018f, 0, 0);
  stage.lay(light.through_air(sand, .45f), light.through_air(sand, .3f), 50, .12f);
  if (stage.random(31) < .6f) {
    const float s = view.scale(.2f), x = view.middle + (stage.random(32) - .5f) * 180 * s - view.pan * .2f,
                y = view.horizon + 4 * s;
    const float px[3] = {x - 42 * s, x + 42 * s, x + 6 * s}, py[3] = {y, y, y - 46 * s},
                qx[3] = {x + 20 * s, x + 42 * s, x + 6 * s};
    stage.canvas.polygon(px, py, 3, light.through_air({.86f, .68f, .42f}, .2f),
                         light.through_air({.80f, .60f, .36f}, .2f));
    stage.canvas.polygon(qx, py, 3, light.through_air({.66f, .47f, .28f}, .15f),
                         light.through_air({.66f, .47f, .28f}, .15f));
  }
  stage.waves(.4f, 8, 8, .022f, 0, 1);
  stage.lay(stage.lit(sand), stage.lit(shade(sand, .8f)), 60);
  const Colour green = stage.lit({.30f, .55f, .32f});
  stage.along(.6f, 75, 1, [&](float x, float s, int, float r) {  // cactuses
    s *= .8f + .5f * r;
    const float y = view.horizon + 22 * s;
    auto arm = [&](float x0, float y0, float x1, float y1) {
      stage.canvas.limb(x + x0 * s, y + y0 * s, 2.7f * s, x + x1 * s, y + y1 * s, 2.7f * s, green);
    };
    stage.canvas.limb(x, y, 4 * s, x, y - 34 * s, 4 * s, green);
    arm(0, -13, -11, -14), arm(-11, -14, -11, -23), arm(0, -17, 11, -18), arm(11, -18, 11, -28);
  });
  stage.waves(.9f, 22, 5, .02f, 0, 2);
  stage.lay(stage.lit(shade(sand, 1.1f)), stage.lit(shade(sand, .75f)), 70);
}

void paint_forest(Stage& stage) {
  const View& view = stage.view;
  const Light& light = stage.light;
  const Colour green{.16f, .42f, .26f};
  stage.waves(.2f, -22, 8, .02f, 0, 0);
  stage.lay(light.through_air(green, .5f), light.through_air(green, .4f), 60);
  const Colour far = light.through_air(green, .42f), near = light.through_air(green, .12f);
  stage.along(.3f, 17, 2,
              [&](float x, float s, int, float r) { stage.conifer(x, view.horizon + 6 * s, s * (1 + .6f * r), far); });
  stage.along(.55f, 24, 3, [&](float x, float s, int, float r) {
    stage.conifer(x, view.horizon + 16 * s, s * (1.4f + .8f * r), near);
  });
  stage.waves(.9f, 18, 3, .03f, 0, 2);
  stage.lay(stage.lit({.36f, .56f, .26f}), stage.lit({.20f, .38f, .18f}), 60);
}

void paint_mountains(Stage& stage) {
  const View& view = stage.view;
  const Light& light = stage.light;
  for (int row = 0; row < 2; row++) {
    const float depth = .15f + .2f * row, s = view.scale(depth);
    const Colour rock = row ? Colour{.42f, .44f, .56f} : Colour{.56f, .60f, .74f};
    stage.ridge(depth, row ? 10 : 0, row ? 74 : 100, row ? 58 : 46, row);
    stage.lay(light.through_air(rock, row ? .12f : .4f), light.through_air(shade(rock, .72f), row ? .1f : .35f), 100);
    const float line = view.horizon - (row ? 38 : 58) * s, from = view.shift(depth);
    for (int x = 0; x < view.width; x++) {  // the snow line, a zigzag
      const float u = (x - from) / s * .11f + 900;
      stage.lower[x] = line + 6 * s * (std::fabs(u - 2 * std::floor(u * .5f) - 1) * 2 - 1);
    }
    stage.canvas.land(stage.curve.data(), light.through_air({.97f, .98f, 1.f}, row ? .05f : .2f),
                      light.through_air({.90f, .93f, .98f}, row ? .05f : .2f), 60 * view.unit, stage.lower.data());
  }
  stage.waves(.9f, 18, 4, .025f, 0, 2);
  stage.lay(stage.lit({.45f, .58f, .38f}), stage.lit({.28f, .40f, .28f}), 60);
}

void paint_meadow(Stage& stage) {
  static const Colour petals[3] = {{.98f, .95f, .6f}, {.97f, .97f, .97f}, {.95f, .6f, .75f}};
  const View& view = stage.view;
  const Light& light = stage.light;
  const Colour green{.48f, .74f, .34f};
  stage.waves(.2f, -16, 9, .016f, 0, 0);
  stage.lay(light.through_air(green, .42f), light.through_air(green, .3f), 50);
  stage.waves(.45f, 4, 7, .02f, 0, 1);
  stage.lay(light.through_air(shade(green, .92f), .12f), light.through_air(shade(green, .8f), .1f), 60);
  stage.along(.5f, 64, 6, [&](float x, float s, int, float r) {
    stage.round_tree(x, view.horizon + 14 * s, s * (.8f + .5f * r), {.30f, .58f, .28f});
  });
  stage.waves(.9f, 20, 4, .025f, 0, 2);
  stage.lay(stage.lit(shade(green, 1.05f)), stage.lit(shade(green, .65f)), 60);
  stage.along(.95f, 13, 7, [&](float x, float s, int i, float r) {
    const Colour c = stage.lit(petals[static_cast<int>(r * 2.99f)]);
    stage.disc(x, view.horizon + (32 + 34 * stage.random(i + 70)) * s, 2.1f * s, c, c);
  });
}

void paint_snowfield(Stage& stage) {
  const View& view = stage.view;
  const Light& light = stage.light;
  const Colour snow{.90f, .94f, .99f};
  stage.waves(.2f, -14, 9, .017f, 0, 0);
  stage.lay(light.through_air(shade(snow, .9f), .35f), light.through_air(shade(snow, .85f), .3f), 50, .14f);
  const Colour leaves = light.through_air({.34f, .52f, .50f}, .15f);
  stage.along(.4f, 34, 8, [&](float x, float s, int, float r) {
    stage.conifer(x, view.horizon + 10 * s, s * (.9f + .7f * r), leaves, true);
  });
  stage.waves(.55f, 8, 6, .02f, 0, 1);
  stage.lay(stage.lit(snow), stage.lit(shade(snow, .84f)), 60, .14f);
  stage.waves(.9f, 20, 4, .024f, 0, 2);
  stage.lay(stage.lit({.97f, .98f, 1.f}), stage.lit(shade(snow, .80f)), 70, .14f);
}
