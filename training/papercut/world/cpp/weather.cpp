// Fog, rain and snow, which fall over the whole picture.
#include "stage.hpp"

namespace {

// Waves of sin(x a + y b + t), by the sum of angles, so that a row costs no sines.
void fog(Stage& stage) {
  static const Colour ambient[4] = {{1, 1, 1}, {1.f, .74f, .64f}, {.30f, .35f, .56f}, {.96f, .84f, .88f}};
  const View& view = stage.view;
  const Colour c = mix(Colour{.86f, .88f, .90f} * ambient[stage.shot.time], stage.light.sky_horizon, .3f);
  std::vector<float> sine(view.width), cosine(view.width), cover(view.width);
  const float across = .018f / view.unit, down = .03f / view.unit;
  for (int x = 0; x < view.width; x++) sine[x] = std::sin(x * across), cosine[x] = std::cos(x * across);
  for (int y = 0; y < view.height; y++) {
    const float dense = .52f - .22f * std::fabs((y - view.horizon) / view.height), angle = y * down + view.time * .8f;
    const float s = .07f * std::sin(angle), k = .07f * std::cos(angle);
    for (int x = 0; x < view.width; x++) cover[x] = dense + sine[x] * k + cosine[x] * s;
    stage.canvas.veil(y, cover.data(), c);
  }
}

void rain(Stage& stage) {
  const View& view = stage.view;
  const float q = view.unit, w = view.width / q, h = view.height / q;
  const Colour c = mix({.82f, .88f, .96f}, stage.light.scenery, .2f);
  const int drops = static_cast<int>(90 * w * h / (320 * 192));
  for (int i = 0; i < drops; i++) {
    const float speed = 300 + 140 * stage.random(800 + i);
    const float x = (std::fmod(stage.random(900 + i) * (w + 60) - view.time * 40 + 100 * (w + 60), w + 60) - 30) * q;
    const float y = (std::fmod(stage.random(1000 + i) * (h + 38) + view.time * speed, h + 38) - 20) * q;
    stage.canvas.limb(x, y, .7f * q, x - 1.9f * q, y + 14 * q, .5f * q, c, .6f);
  }
}

void snow(Stage& stage) {
  const View& view = stage.view;
  const float q = view.unit, w = view.width / q, h = view.height / q;
  const Colour c = mix({1, 1, 1}, stage.light.scenery, .3f);
  const int flakes = static_cast<int>(80 * w * h / (320 * 192));
  for (int i = 0; i < flakes; i++) {
    const float speed = 30 + 30 * stage.random(800 + i), r = (1.4f + 1.7f * stage.random(1100 + i)) * q;
    const float x =
        std::fmod(stage.random(900 + i) * (w + 60) + 12 * std::sin(view.time * 1.2f + i) + w + 60, w + 60) - 30;
    const float y = std::fmod(stage.random(1000 + i) * (h + 28) + view.time * speed, h + 28) - 14;
    stage.disc(x * q, y * q, r, c, c, .92f);
  }
}

}  // namespace

void paint_weather(Stage& stage) {
  switch (stage.shot.weather) {
    case FOG: return fog(stage);
    case RAIN: return rain(stage);
    case SNOW: return snow(stage);
  }
}
