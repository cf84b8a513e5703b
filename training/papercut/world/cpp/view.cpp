#include "view.hpp"

View view_of(const ShotParameters& shot, float seconds, int width, int height) {
  View view{};
  view.width = width, view.height = height, view.seed = shot.scene;
  view.unit = std::min(std::sqrt(width * height / (320.f * 192.f)), width / 250.f);
  view.time = shot.clock + seconds;
  view.middle = width * .5f;
  const float zoom = std::exp(shot.zoom + shot.zoom_rate * seconds);
  view.subject_scale = shot.scale * zoom * view.unit;
  // Scenery grows less than the subject as the camera comes near, as it does through a short lens.
  view.magnification = std::pow(shot.scale / .92f, .68f) * zoom;
  // Tall pictures get more ground, but keep most of their extra height for the sky.
  const float tallness = .5f + .5f * height / (192.f * view.unit);
  view.horizon = height - 77 * view.unit * tallness;
  view.ground = height - 38 * view.unit * tallness;
  view.pan = (shot.pan + shot.pan_rate * seconds) * width;
  view.tilt = (shot.tilt + shot.tilt_rate * seconds) * height;
  view.horizon += view.tilt, view.ground += view.tilt;
  return view;
}

void frame_on(View& view, float y, float share) {
  // The horizon stays in the picture, or no one could tell the place. What is still wanting, the subject moves by
  // itself: it stands nearer to the camera, its feet below the picture.
  const float wanted = share * (view.height * .5f - y);
  const float move = std::min(wanted, std::max(0.f, .76f * view.height - view.horizon));
  view.tilt += move, view.horizon += move, view.ground += move;
  view.drop = wanted - move;
}

Light light_of(const ShotParameters& shot) {
  static const Colour top[4] = {{.33f, .60f, .93f}, {.30f, .20f, .50f}, {.03f, .04f, .13f}, {.52f, .60f, .88f}};
  static const Colour middle[4] = {{.58f, .79f, .97f}, {.86f, .36f, .42f}, {.07f, .10f, .25f}, {.80f, .74f, .88f}};
  static const Colour horizon[4] = {{.82f, .93f, .99f}, {1.f, .62f, .30f}, {.14f, .19f, .40f}, {1.f, .83f, .78f}};
  static const Colour scenery[4] = {{1, 1, 1}, {1.f, .74f, .64f}, {.30f, .35f, .56f}, {.96f, .84f, .88f}};
  static const Colour subject[4] = {{1, 1, 1}, {1.f, .90f, .84f}, {.66f, .70f, .86f}, {1.f, .95f, .95f}};
  const int time = shot.time;
  Light light{top[time], middle[time], horizon[time], scenery[time], subject[time], time == NIGHT};
  if (shot.place == SPACE)
    return {{.04f, .02f, .12f}, {.12f, .05f, .24f}, {.22f, .10f, .34f}, {.8f, .8f, .9f}, {.95f, .95f, 1.f}, true};
  if (shot.place == ROOM && light.dark) light.subject = {.84f, .79f, .80f};
  if (shot.weather == RAIN) {
    const Colour grey = Colour{.45f, .49f, .56f} * light.scenery;
    light.sky_top = mix(light.sky_top, grey, .55f);
    light.sky_middle = mix(light.sky_middle, grey, .55f);
    light.sky_horizon = mix(light.sky_horizon, shade(grey, 1.1f), .55f);
    light.scenery = light.scenery * Colour{.82f, .85f, .90f};
    light.subject = light.subject * Colour{.92f, .93f, .96f};
  }
  if (shot.weather == SNOW) {
    const Colour pale = Colour{.80f, .84f, .90f} * light.scenery;
    light.sky_top = mix(light.sky_top, pale, .5f);
    light.sky_middle = mix(light.sky_middle, pale, .5f);
    light.sky_horizon = mix(light.sky_horizon, pale, .5f);
  }
  return light;
}
