// Cars, buses, trucks and trains; the house and the ball, which stand on the ground as they do.
#include "figure.hpp"

using namespace paper;

namespace {

struct Shades {
  Colour light, plain, dark;
  explicit Shades(Colour c) : light(shade(c, 1.12f)), plain(c), dark(shade(c, .68f)) {}
};

void wheel(const Pen& pen, float x, float y, float r, float phase) {
  pen.disc(x, y, r, DARK);
  pen.disc(x, y, r * .48f, STEEL);
  for (float angle : {0.f, TAU / 4}) {
    const float c = std::cos(phase + angle) * r * .42f, s = std::sin(phase + angle) * r * .42f;
    pen.limb(x - c, y - s, r * .07f, x + c, y + s, r * .07f, shade(STEEL, .62f));
  }
}

// Puffs that rise from a chimney and are left behind.
void smoke(const Pen& pen, float x, float y, float time, float rate, int puffs, float back, float up, float first,
           float growth) {
  for (int i = 0; i < puffs; i++) {
    const float age = std::fmod(time * rate + static_cast<float>(i) / puffs, 1.f), r = first + age * growth;
    pen.ellipse(x - age * back + 2 * std::sin(age * 6 + i), y - age * up, r, r, SMOKE, shade(SMOKE, .94f),
                (1 - age) * .78f);
  }
}

void car(const Pen& pen, const Figure& f, const Shades& c) {
  pen.polygon({-27, 2, -16, -19, 17, -19, 31, 2}, c.light, c.plain);
  pen.polygon({-22, 1, -13, -15, -1, -15, -1, 1}, GLASS, GLASS);
  pen.polygon({3, 1, 3, -15, 15, -15, 26, 1}, GLASS, GLASS);
  pen.polygon({-48, 4, -44, 0, 40, 0, 49, 8, 50, 22, -50, 22}, c.plain, c.dark);
  pen.polygon({42, 8, 49, 9, 49, 14, 43, 14}, LAMP, LAMP);
  pen.polygon({-49, 8, -44, 8, -44, 13, -49, 13}, {.9f, .2f, .2f}, {.9f, .2f, .2f});
  for (float x : {-27.f, 27.f}) wheel(pen, x, 22, 11, f.phase);
}

void bus(const Pen& pen, const Figure& f, const Shades& c) {
  pen.polygon({-58, -34, -55, -38, 54, -38, 58, -30, 60, 22, -58, 22}, c.light, c.dark);
  pen.polygon({-58, 6, 60, 6, 60, 10, -58, 10}, WHITE, WHITE);
  for (float x = -52; x < 30; x += 20) pen.polygon({x, -29, x + 16, -29, x + 16, -7, x, -7}, GLASS, shade(GLASS, .92f));
  pen.polygon({34, -29, 54, -29, 56, -3, 34, -3}, GLASS, shade(GLASS, .92f));
  pen.polygon({53, 9, 60, 9, 60, 15, 53, 15}, LAMP, LAMP);
  for (float x : {-34.f, 36.f}) wheel(pen, x, 22, 11, f.phase);
}

void truck(const Pen& pen, const Figure& f, const Shades& c) {
  pen.polygon({-56, -38, 16, -38, 16, 14, -56, 14}, c.light, c.plain);
  pen.polygon({-56, -10, 16, -10, 16, -3, -56, -3}, WHITE, WHITE);
  pen.polygon({-56, 14, 54, 14, 54, 21, -56, 21}, DARK, DARK);
  pen.polygon({20, -20, 40, -20, 53, -2, 56, 2, 56, 18, 20, 18}, c.plain, c.dark);
  pen.polygon({26, -15, 38, -15, 47, -2, 26, -2}, GLASS, shade(GLASS, .92f));
  pen.polygon({50, 5, 56, 5, 56, 11, 50, 11}, LAMP, LAMP);
  for (float x : {-38.f, -14.f, 38.f}) wheel(pen, x, 22, 11, f.phase);
}

void train(const Pen& pen, const Figure& f, const Shades& c) {
  smoke(pen, 33, -34, f.time, .6f, 5, 60 * f.going, 18 + 14 * (1 - f.going), 4, 8);
  pen.polygon({28, -26, 38, -26, 36, -6, 30, -6}, DARK, DARK);
  pen.polygon({4, -6, 46, -6, 50, 2, 50, 18, 4, 18}, c.light, c.plain);
  pen.polygon({-16, -24, 8, -24, 8, 18, -16, 18}, c.plain, c.dark);
  pen.polygon({-20, -29, 11, -29, 11, -23, -20, -23}, DARK, DARK);
  pen.polygon({-11, -17, 3, -17, 3, -5, -11, -5}, GLASS, GLASS);
  pen.polygon({-62, -14, -22, -14, -22, 18, -62, 18}, c.plain, c.dark);
  pen.polygon({-64, -19, -20, -19, -20, -13, -64, -13}, DARK, DARK);
  for (float x : {-57.f, -39.f}) pen.polygon({x, -8, x + 11, -8, x + 11, 3, x, 3}, GLASS, GLASS);
  pen.polygon({-22, 12, -16, 12, -16, 16, -22, 16}, DARK, DARK);
  for (float x : {-54.f, -32.f, -8.f, 14.f, 36.f}) wheel(pen, x, 20, 8, f.phase);
  pen.disc(49, 6, 3.5f, LAMP);
}

void house(const Pen& pen, const Figure& f, const Shades& c) {
  const Colour glow{1.f, .92f, .6f}, low{1.f, .85f, .45f};
  smoke(pen, 23, -42, f.time, .35f, 4, -10, 34, 4, 7);
  pen.polygon({18, -38, 28, -38, 28, -10, 18, -10}, WOOD, WOOD);
  pen.polygon({-36, -6, 36, -6, 36, 46, -36, 46}, c.light, c.plain);
  pen.polygon({-46, -4, 0, -42, 46, -4}, c.dark, shade(c.plain, .55f));
  pen.polygon({-8, 16, 8, 16, 8, 46, -8, 46}, WOOD, shade(WOOD, .8f));
  pen.disc(5, 32, 1.4f, LAMP);
  for (float x : {-28.f, 14.f}) {
    pen.polygon({x, 6, x + 14, 6, x + 14, 22, x, 22}, glow, low);
    pen.polygon({x + 6.3f, 6, x + 7.7f, 6, x + 7.7f, 22, x + 6.3f, 22}, WOOD, WOOD);
    pen.polygon({x, 13.3f, x + 14, 13.3f, x + 14, 14.7f, x, 14.7f}, WOOD, WOOD);
  }
}

void ball(const Pen& pen, const Figure& f, const Shades& c) {
  pen.ellipse(0, 0, 34, 34, c.light, c.dark);
  const Pen turned = pen.turned(0, 0, f.phase);
  turned.ellipse(0, 0, 34, 9, WHITE, shade(WHITE, .86f));
  turned.ellipse(0, 0, 9, 34, c.plain, shade(c.plain, .85f));
  turned.ellipse(0, 0, 7, 7, WHITE, shade(WHITE, .9f));
  pen.ellipse(-9, -15, 9, 6, {1, 1, 1}, {1, 1, 1}, .28f, 3);
}

}  // namespace

void draw_vehicle(const Pen& pen, const Figure& figure) {
  const Shades c(figure.colour);
  switch (figure.kind) {
    case CAR: return car(pen, figure, c);
    case BUS: return bus(pen, figure, c);
    case TRUCK: return truck(pen, figure, c);
    case TRAIN: return train(pen, figure, c);
    case HOUSE: return house(pen, figure, c);
    default: return ball(pen, figure, c);
  }
}
