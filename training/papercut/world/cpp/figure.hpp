// Subjects are drawn in their own coordinates: about 100 units across, x to the front, y down.
#pragma once
#include "canvas.hpp"
#include "parameters.hpp"

// From a subject's coordinates to the screen, with its light.
struct Pen {
  Canvas& canvas;
  float x, y, scale;
  float facing = 1, cos = 1, sin = 0;
  Colour tint{1, 1, 1};

  void to_screen(float u, float v, float& sx, float& sy) const {
    u *= facing;
    sx = x + (u * cos - v * sin * facing) * scale;
    sy = y + (u * sin * facing + v * cos) * scale;
  }
  // Points as x, y, x, y, ...
  void polygon(std::initializer_list<float> points, Colour top, Colour bottom, float alpha = 1) const {
    float px[8], py[8];
    int count = 0;
    for (const float* p = points.begin(); p < points.end(); p += 2, count++)
      to_screen(p[0], p[1], px[count], py[count]);
    canvas.polygon(px, py, count, top * tint, bottom * tint, alpha);
  }
  void ellipse(float u, float v, float a, float b, Colour top, Colour bottom, float alpha = 1, float soft = 1,
               float turn = 0) const {
    float sx, sy;
    to_screen(u, v, sx, sy);
    if (turn == 0) {
      canvas.ellipse(sx, sy, a * scale, b * scale, top * tint, bottom * tint, alpha, soft, cos, sin * facing);
      return;
    }
    const float angle = turn * facing + std::atan2(sin * facing, cos);
    canvas.ellipse(sx, sy, a * scale, b * scale, top * tint, bottom * tint, alpha, soft, std::cos(angle),
                   std::sin(angle));
  }
  void disc(float u, float v, float r, Colour c) const { ellipse(u, v, r, r, c, c); }
  void limb(float u0, float v0, float r0, float u1, float v1, float r1, Colour c) const {
    float x0, y0, x1, y1;
    to_screen(u0, v0, x0, y0), to_screen(u1, v1, x1, y1);
    canvas.limb(x0, y0, r0 * scale, x1, y1, r1 * scale, c * tint);
  }
  // This pen's coordinates turned by an angle about a point of its own.
  Pen turned(float u, float v, float angle) const {
    Pen pen = *this;
    const float c = std::cos(angle), s = std::sin(angle);
    pen.cos = cos * c - sin * s, pen.sin = sin * c + cos * s;
    float sx, sy, ox, oy;
    to_screen(u, v, sx, sy), pen.to_screen(u, v, ox, oy);
    pen.x += sx - ox, pen.y += sy - oy;
    return pen;
  }
};

struct Figure {
  int kind, action;
  Colour colour;
  float look;   // in [0, 1): skin, hair
  float time;   // seconds
  float phase;  // of the gait, in radians
  float going;  // 1 in motion, 0 at rest
};

// What the scene must know of a kind to place it.
struct Traits {
  enum Home { GROUND, WATER, AIR, DEEP } home;
  float rest;        // y of what touches the ground or the water line
  float focus;       // y of what a close-up shows
  float half_width;  // of its shadow
};

Traits traits_of(int kind);
void draw_figure(const Pen& pen, const Figure& figure);

// By sort, each in its own file.
void draw_vehicle(const Pen& pen, const Figure& figure);
void draw_flyer(const Pen& pen, const Figure& figure);
void draw_walker(const Pen& pen, const Figure& figure);
void draw_four_legged(const Pen& pen, const Figure& figure);
void draw_swimmer(const Pen& pen, const Figure& figure);

namespace paper {
constexpr Colour WHITE{.97f, .96f, .93f}, DARK{.16f, .15f, .20f}, GLASS{.72f, .88f, .96f}, LAMP{1.f, .82f, .25f},
    WOOD{.50f, .33f, .20f}, STEEL{.75f, .75f, .78f}, SMOKE{.90f, .90f, .93f};
}
