// What flies and what swims.
#include "figure.hpp"

using namespace paper;

namespace {

void balloon(const Pen& pen, Colour c) {
  const Colour light = shade(c, 1.12f), bright = shade(c, 1.38f), dark = shade(c, .68f);
  for (float side : {-1.f, 1.f}) pen.limb(side * 6, 24, .8f, side * 5, 40, .8f, DARK);
  pen.polygon({-24, 8, 24, 8, 8, 30, -8, 30}, c, dark);
  pen.ellipse(0, -14, 37, 36, light, c);
  pen.ellipse(0, -14, 24, 36, bright, c);
  pen.ellipse(0, -14, 9, 36, c, dark);
  pen.polygon({-9, 37, 9, 37, 7, 49, -7, 49}, WOOD, shade(WOOD, .7f));
}

void bird(const Pen& pen, const Figure& f) {
  const Colour c = f.colour, light = shade(c, 1.12f), bright = shade(c, 1.38f), dark = shade(c, .68f);
  const float y = -30 * std::sin(f.phase);
  pen.polygon({-6, -4, 14, -4, -14, -8 + y * .9f, -24, -6 + y}, dark, dark);
  pen.polygon({-24, -3, -24, 5, -50, -10, -46, 4}, dark, dark);
  pen.ellipse(0, 0, 29, 13, light, c);
  pen.ellipse(4, 5, 20, 7, WHITE, WHITE);
  pen.ellipse(25, -9, 11, 11, light, c);
  pen.polygon({34, -12, 48, -7, 34, -4}, LAMP, {.95f, .6f, .1f});
  pen.disc(28, -11, 2.4f, DARK);
  pen.polygon({-10, -3, 12, -3, -4, -3 + y, -20, -3 + y * 1.25f}, bright, c);
}

void rocket(const Pen& pen, const Figure& f) {
  const Colour c = f.colour, light = shade(c, 1.12f), dark = shade(c, .68f);
  const float flame = 8 * std::sin(f.time * 31);
  pen.polygon({-9, 34, 9, 34, 0, 62 + flame}, {1.f, .75f, .2f}, {1.f, .35f, .1f});
  pen.polygon({-5, 34, 5, 34, 0, 50 + flame * .5f}, {1, .97f, .7f}, {1, .9f, .4f});
  pen.polygon({-12, 6, -12, 36, -30, 44, -28, 26}, dark, dark);
  pen.polygon({12, 6, 12, 36, 30, 44, 28, 26}, dark, dark);
  pen.polygon({-15, -18, 15, -18, 17, 8, 12, 36, -12, 36, -17, 8}, light, c);
  pen.polygon({-15, -18, 15, -18, 9, -38, 0, -52, -9, -38}, WHITE, shade(WHITE, .9f));
  pen.disc(0, -4, 8, DARK);
  pen.disc(0, -4, 6, GLASS);
  pen.polygon({-12, 26, 12, 26, 12, 31, -12, 31}, WHITE, WHITE);
}

void plane(const Pen& pen, const Figure& f) {
  const Colour c = f.colour, light = shade(c, 1.12f), dark = shade(c, .68f);
  pen.polygon({-8, 2, 8, 2, -10, -22, -20, -22}, dark, dark);
  pen.polygon({-40, -4, -26, -6, -40, -28, -50, -28}, light, c);
  pen.polygon({-54, -4, -34, -10, 20, -13, 40, -8, 48, 2, 34, 12, -20, 12}, light, dark);
  pen.polygon({22, -12, 36, -8, 41, -2, 22, -2}, GLASS, shade(GLASS, .92f));
  for (float x : {-26.f, -14.f, -2.f, 10.f}) pen.disc(x, -4, 3.2f, GLASS);
  pen.polygon({-4, 4, 16, 4, -16, 26, -30, 26}, light, c);
  pen.polygon({-46, -2, -32, -2, -44, 6, -54, 6}, c, dark);
  const float blade = 15 * std::cos(f.time * 34);
  pen.limb(50, -blade, 1.5f, 50, blade, 1.5f, shade(STEEL, .8f));
  pen.ellipse(50, 0, 3, 15, WHITE, WHITE, .25f);
  pen.disc(49, 0, 3, DARK);
}

void sailboat(const Pen& pen, const Figure& f) {
  const Colour c = f.colour, light = shade(c, 1.12f), dark = shade(c, .68f);
  pen.polygon({-2, -52, 2, -52, 2, 22, -2, 22}, WOOD, WOOD);
  pen.polygon({4, -50, 42, 16, 4, 16}, light, c);
  pen.polygon({-4, -40, -4, 16, -32, 16}, WHITE, shade(WHITE, .9f));
  pen.polygon({-48, 22, 50, 22, 34, 46, -32, 46}, c, dark);
  pen.polygon({-45, 26, 47.5f, 26, 45, 30, -42.5f, 30}, WHITE, WHITE);
  const float wind = 3 * std::sin(f.time * 5);
  pen.polygon({2, -52, -14, -47 + wind, 2, -43}, LAMP, LAMP);
}

void whale(const Pen& pen, const Figure& f) {
  const Colour c = f.colour, light = shade(c, 1.12f), dark = shade(c, .68f), spray{.86f, .95f, 1.f};
  const float a = std::sin(f.phase) * 5;
  pen.polygon({-36, 2, -50, -18 + a, -62, -28 + a, -44, -30 + a}, c, dark);
  pen.polygon({-44, -14 + a, -40, -24 + a, -28, -34 + a, -34, -20 + a}, c, dark);
  pen.polygon({-54, -16 + a * .5f, -30, -6, -20, 14, -40, 12}, c, dark);
  pen.ellipse(4, 6, 46, 24, light, dark);
  pen.ellipse(12, 18, 34, 11, shade(WHITE, .95f), shade(WHITE, .85f));
  pen.polygon({0, 14, 14, 16, -2, 32 + a, -10, 30 + a}, c, dark);
  pen.disc(32, 2, 3, DARK);
  pen.disc(33, 1.2f, 1, WHITE);
  if (f.action == JUMP) return;
  for (int i = -2; i <= 2; i++)
    pen.disc(10 + i * 6.f, -48 + std::fabs(static_cast<float>(i)) * 7 + std::sin(f.time * 6 + i) * 2, 4.2f, spray);
  pen.polygon({8.5f, -18, 11.5f, -18, 12, -40, 8, -40}, spray, spray);
}

void fish(const Pen& pen, const Figure& f) {
  const Colour c = f.colour, light = shade(c, 1.15f), dark = shade(c, .68f);
  const float a = std::sin(f.phase) * 7;
  pen.polygon({-26, 0, -50, -19 + a, -44, a * .6f}, c, dark);
  pen.polygon({-26, 0, -44, a * .6f, -50, 19 + a}, c, dark);
  pen.polygon({-14, -14, 12, -18, 0, -31, -18, -27}, dark, c);
  pen.polygon({-8, 14, 8, 15, -4, 27}, c, dark);
  pen.ellipse(4, 0, 36, 20, light, c);
  pen.ellipse(2, 9, 25, 10, shade(c, 1.5f), shade(c, 1.3f), .9f);
  for (float x : {-12.f, 4.f}) pen.ellipse(x, -1, 3, 15 - std::fabs(x) * .3f, WHITE, shade(WHITE, .9f), .85f);
  pen.polygon({2, 3, 12, 3, -4, 12 + a * .6f}, dark, dark);
  pen.disc(25, -5, 5, WHITE);
  pen.disc(26.5f, -5, 2.6f, DARK);
}

void duck(const Pen& pen, const Figure& f) {
  const Colour c = f.colour, light = shade(c, 1.12f), dark = shade(c, .68f), beak{.98f, .62f, .14f};
  const float nod = 1.5f * std::sin(f.phase);
  pen.polygon({-22, 2, -46, -14, -40, 8}, c, dark);
  pen.ellipse(-2, 6, 37, 18, light, dark);
  pen.limb(22, 2, 9, 26 + nod, -20, 8, c);
  pen.disc(28 + nod, -26, 13, light);
  pen.polygon({38 + nod, -30, 54 + nod, -24, 53 + nod, -20, 38 + nod, -20}, beak, shade(beak, .85f));
  pen.disc(33 + nod, -30, 2.5f, DARK);
  pen.ellipse(-8, 3, 22, 10, shade(c, 1.3f), c, 1, 1, -.18f);
}

}  // namespace

void draw_flyer(const Pen& pen, const Figure& figure) {
  switch (figure.kind) {
    case BALLOON: return balloon(pen, figure.colour);
    case BIRD: return bird(pen, figure);
    case ROCKET: return rocket(pen, figure);
    default: return plane(pen, figure);
  }
}

void draw_swimmer(const Pen& pen, const Figure& figure) {
  switch (figure.kind) {
    case SAILBOAT: return sailboat(pen, figure);
    case WHALE: return whale(pen, figure);
    case FISH: return fish(pen, figure);
    default: return duck(pen, figure);
  }
}
