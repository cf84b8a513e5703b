// What scenery is made of: sheets of land cut along a curve, and things that repeat along a line of depth.
#pragma once
#include <vector>

#include "canvas.hpp"
#include "view.hpp"

struct Stage {
  Canvas& canvas;
  const View& view;
  const Light& light;
  const ShotParameters& shot;
  std::vector<float> curve, lower;

  Stage(Canvas& c, const View& v, const Light& l, const ShotParameters& s)
      : canvas(c), view(v), light(l), shot(s), curve(c.width), lower(c.width) {}

  float random(int index) const { return view.random(index); }
  Colour lit(Colour c) const { return c * light.scenery; }

  // A smooth curve at a depth, `y0` below the horizon; it travels with `speed`.
  void waves(float depth, float y0, float height, float frequency, float speed, int id);
  // A jagged one with a peak in every second cell.
  void ridge(float depth, float y0, float height, float cell, int id);
  // Lays a sheet along the curve, with the shadow of its edge on what lies behind.
  void lay(Colour top, Colour bottom, float grade, float shadow = .2f, int last = 1 << 20);
  // The foreground's own curve, `lift` above the lower edge of the picture.
  void front(float lift, float height, Colour colour);

  // Calls draw(x, scale, number, random) for things at a depth, about `spacing` apart.
  template <class Draw>
  void along(float depth, float spacing, int id, Draw draw) const {
    const float s = view.scale(depth), offset = random(600 + id) * spacing;
    const int reach = static_cast<int>(view.width * .5f / s / spacing) + 3;
    const int centre = static_cast<int>(std::floor(view.pan * depth / s / spacing));
    for (int i = centre - reach; i <= centre + reach; i++) {
      const float jitter = (random(id * 777 + i + 5000) - .5f) * spacing * .7f;
      draw(view.shift(depth) + (i * spacing + offset + jitter) * s, s, i, random(id * 777 + i + 9000));
    }
  }

  void triangle(float x, float y, float half_width, float height, Colour top, Colour bottom);
  void conifer(float x, float y, float s, Colour leaves, bool snowy = false);
  void round_tree(float x, float y, float s, Colour leaves);
  void disc(float x, float y, float r, Colour top, Colour bottom, float alpha = 1, float soft = 1) {
    canvas.ellipse(x, y, r, r, top, bottom, alpha, soft);
  }
};

void paint_sky(Stage& stage);
// What lies behind the subjects, and what lies before them.
void paint_behind(Stage& stage);
void paint_before(Stage& stage);
void paint_weather(Stage& stage);

// The places, each in the file of its sort.
void paint_sea(Stage&);
void paint_sea_front(Stage&);
void paint_beach(Stage&);
void paint_river(Stage&);
void paint_river_front(Stage&);
void paint_desert(Stage&);
void paint_underwater(Stage&);
void paint_underwater_front(Stage&);
void paint_forest(Stage&);
void paint_mountains(Stage&);
void paint_meadow(Stage&);
void paint_snowfield(Stage&);
void paint_city(Stage&);
void paint_village(Stage&);
void paint_room(Stage&);
