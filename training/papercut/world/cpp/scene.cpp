// A frame from back to front: sky, place, road, subjects, foreground, weather.
#include "scene.hpp"

#include "figure.hpp"
#include "stage.hpp"

namespace {

bool on_land(int place) { return place != SEA && place != RIVER && place != SPACE && place != UNDERWATER; }

// Where a subject is, which way it leans, and how it moves at this moment.
struct Standing {
  float x, y, scale, turn, lift;
  Figure figure;
};

float rest_level(const View& view, const ShotParameters& shot, const Traits& traits, float scale) {
  if (shot.place == SPACE || shot.place == UNDERWATER) return view.height * .45f + view.tilt;
  switch (traits.home) {
    case Traits::GROUND: return view.ground + 3 * view.unit - traits.rest * scale;
    case Traits::AIR: return view.ground - view.height * .39f;
    case Traits::DEEP: return view.ground - 5 * view.unit - 6 * scale;
    default: return view.ground - 2 * view.unit - traits.rest * scale;
  }
}

// How far an action lifts a subject off its place of rest, in its own units.
float lift_of(const Figure& f, const Traits& traits) {
  const float s = std::sin(f.phase);
  if (f.action == JUMP) {
    if (f.kind == BALL) return 52 * std::fabs(std::sin(f.phase * .5f));
    if (f.kind == WHALE || f.kind == FISH) return std::max(-16.f, 54 * s - 6);
    return 26 * std::max(0.f, s);
  }
  if (f.action == DANCE) return 3 * std::fabs(s);
  if (traits.home != Traits::GROUND) return 0;
  if (f.kind == RABBIT) return 9 * f.going * std::max(0.f, std::sin(f.phase + 1));
  if (f.kind >= MAN && f.kind <= RABBIT)
    return (f.action == FAST ? 4.f : 1.6f) * f.going * std::fabs(std::cos(f.phase));
  return 0;
}

float turn_of(const Figure& f, float y_speed) {
  switch (f.kind) {
    case SAILBOAT: return .05f * std::sin(f.time * 1.9f);
    case BALLOON: return .03f * std::sin(f.time * 1.3f);
    case BIRD:
    case PLANE: return y_speed > 0 ? -.32f : y_speed < 0 ? .26f : .03f * std::sin(f.time * 2);
    case ROCKET: return f.action == MOVE || f.action == FAST ? 1.15f : 0;
    case WHALE:
    case FISH: return f.action == JUMP ? -.75f * std::cos(f.phase) : .06f * std::sin(f.time * 1.6f);
    default: return 0;
  }
}

Standing standing_of(const View& view, const ShotParameters& shot, int index, float seconds) {
  const SubjectParameters& p = shot.subject[index];
  const Traits traits = traits_of(p.kind);
  const float travelled = std::min(seconds, p.stop);
  Standing s{};
  s.scale = view.subject_scale * p.scale;
  const bool moves = p.action == MOVE || p.action == FAST;
  s.figure = {p.kind,
              p.action,
              {p.red, p.green, p.blue},
              p.look,
              view.time + 3 * index,
              TAU * (p.gait * travelled + p.phase),
              moves ? clamp01((p.stop - seconds) * 4) : 0};
  s.lift = lift_of(s.figure, traits) * s.scale;
  s.x = view.middle + (p.x + p.speed_x * travelled) * view.width - shot.share * view.pan;
  s.y = rest_level(view, shot, traits, s.scale) - (p.y + p.speed_y * travelled) * view.height - s.lift;
  const bool floats = traits.home != Traits::GROUND || shot.place == SPACE;
  if (!floats) s.y += view.drop;
  if (floats) s.y += 2.2f * view.unit * std::sin(view.time * 2.2f + p.phase * 9);
  if ((p.kind == CAR || p.kind == BUS || p.kind == TRUCK || p.kind == TRAIN))
    s.y += .7f * view.unit * s.figure.going * std::sin(view.time * 13);
  if (index == 1 && traits.home == Traits::GROUND && shot.place != SPACE) s.y -= 3 * view.unit;
  s.turn = turn_of(s.figure, p.speed_y);
  return s;
}

void paint_road(Stage& stage) {
  const View& view = stage.view;
  const float q = view.unit, y = view.ground + view.drop + 3 * q, size = view.magnification;
  bool road = false, rails = false;
  for (int i = 0; i < stage.shot.subjects; i++) {
    const int kind = stage.shot.subject[i].kind;
    road |= kind == CAR || kind == BUS || kind == TRUCK;
    rails |= kind == TRAIN;
  }
  if (road) {
    stage.canvas.rectangle(0, y - 7 * q * size, view.width, y + 10 * q * size, stage.lit({.34f, .34f, .38f}));
    const Colour dash = stage.lit({.92f, .88f, .7f});
    stage.along(1, 46, 9, [&](float x, float s, int, float) {
      stage.canvas.rectangle(x - 9 * s, y + s, x + 9 * s, y + 3.2f * s, dash);
    });
  } else if (rails) {
    const Colour sleeper = stage.lit({.40f, .28f, .20f});
    stage.along(1, 12, 9, [&](float x, float s, int, float) {
      stage.canvas.rectangle(x - 2.5f * s, y - 2 * s, x + 2.5f * s, y + 5 * s, sleeper);
    });
    stage.canvas.rectangle(0, y - 2 * q, view.width, y + .5f * q, stage.lit({.62f, .62f, .66f}));
  }
}

void paint_shadow(Stage& stage, const Standing& s, const Traits& traits) {
  if (!on_land(stage.shot.place) || traits.home != Traits::GROUND) return;
  const float spread = 1 - .4f * clamp01(s.lift / (40 * s.scale + 1));
  stage.canvas.ellipse(s.x, s.y + s.lift + (traits.rest + 1) * s.scale, traits.half_width * spread * s.scale,
                       4 * spread * s.scale, {0, 0, 0}, {0, 0, 0}, .22f);
}

}  // namespace

void paint_behind(Stage& stage) {
  switch (stage.shot.place) {
    case SEA: return paint_sea(stage);
    case DESERT: return paint_desert(stage);
    case FOREST: return paint_forest(stage);
    case MOUNTAINS: return paint_mountains(stage);
    case CITY: return paint_city(stage);
    case MEADOW: return paint_meadow(stage);
    case SNOWFIELD: return paint_snowfield(stage);
    case BEACH: return paint_beach(stage);
    case VILLAGE: return paint_village(stage);
    case RIVER: return paint_river(stage);
    case ROOM: return paint_room(stage);
    case UNDERWATER: return paint_underwater(stage);
  }
}

void paint_before(Stage& stage) {
  switch (stage.shot.place) {
    case SEA: return paint_sea_front(stage);
    case RIVER: return paint_river_front(stage);
    case UNDERWATER: return paint_underwater_front(stage);
    case DESERT: return stage.front(12.5f, 4, {.70f, .50f, .30f});
    case FOREST: return stage.front(12.5f, 4, {.12f, .28f, .16f});
    case MOUNTAINS: return stage.front(12.5f, 4, {.22f, .34f, .24f});
    case CITY: return stage.front(12.5f, 0, {.30f, .31f, .36f});
    case MEADOW: return stage.front(12.5f, 4, {.28f, .50f, .22f});
    case SNOWFIELD: return stage.front(12.5f, 4, {.80f, .86f, .95f});
    case BEACH: return stage.front(10, 3, {.80f, .66f, .44f});
    case VILLAGE: return stage.front(12.5f, 3, {.34f, .50f, .26f});
  }
}

void paint_frame(Canvas& canvas, const ShotParameters& shot, float seconds) {
  View view = view_of(shot, seconds, canvas.width, canvas.height);
  const Light light = light_of(shot);
  {
    const SubjectParameters& first = shot.subject[shot.subject[0].kind < 0 ? 1 : 0];
    const Traits traits = traits_of(first.kind);
    const float scale = view.subject_scale * first.scale;
    frame_on(view, rest_level(view, shot, traits, scale) + traits.focus * scale, shot.framing);
  }
  Stage stage(canvas, view, light, shot);
  canvas.set_owner(SCENERY_BEHIND);
  canvas.clear_masks();
  paint_sky(stage);
  paint_behind(stage);
  if (on_land(shot.place)) paint_road(stage);
  for (int i = shot.subjects - 1; i >= 0; i--) {
    if (shot.subject[i].kind < 0) continue;
    const Standing s = standing_of(view, shot, i, seconds);
    const Traits traits = traits_of(shot.subject[i].kind);
    canvas.set_owner(SCENERY_BEHIND);
    paint_shadow(stage, s, traits);
    canvas.set_owner(i);
    draw_figure(
        Pen{canvas, s.x, s.y, s.scale, shot.subject[i].facing, std::cos(s.turn), std::sin(s.turn), light.subject},
        s.figure);
  }
  canvas.set_owner(SCENERY_BEFORE);
  paint_before(stage);
  canvas.set_owner(SCENERY_BEHIND);
  paint_weather(stage);
}
