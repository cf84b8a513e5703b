// Four-legged animals: one drawing, in the proportions of each kind.
#include "figure.hpp"

using namespace paper;

namespace {

struct Beast {
  float foot;            // y of the feet
  float back;            // y of the body's middle
  float length, depth;   // half axes of the body
  float leg;             // thickness
  float neck_x, neck_y;  // where the head sits
  float neck;            // thickness
  float head_a, head_b, head_turn;
  float muzzle;  // length of the snout beyond the head
};

constexpr Beast DOG_FORM{36, 4, 27, 12.5f, 4.2f, 33, -17, 9, 13, 11, .10f, 11};
constexpr Beast CAT_FORM{34, 8, 24, 11.5f, 3.6f, 29, -11, 8, 13.5f, 12, 0, 3};
constexpr Beast HORSE_FORM{50, -2, 30, 14, 4.4f, 41, -37, 9, 13, 8.5f, .55f, 10};
constexpr Beast BEAR_FORM{38, 2, 36, 22, 8, 38, -11, 15, 16, 14.5f, .05f, 8};
constexpr Beast RABBIT_FORM{32, 12, 20, 14.5f, 4.4f, 20, -7, 8, 12.5f, 11, .1f, 3};

// A leg with a bent knee; `swing` in radians from straight down.
void leg(const Pen& pen, float x, float y, float foot, float swing, float lift, float r, Colour c, Colour paw) {
  const float length = foot - y, kx = x + std::sin(swing) * length * .5f, ky = y + std::cos(swing) * length * .5f;
  const float low = swing - .9f * lift, fx = kx + std::sin(low) * length * .5f,
              fy = ky + std::cos(low) * length * .5f - lift * 2;
  pen.limb(x, y, r * 1.25f, kx, ky, r, c);
  pen.limb(kx, ky, r, fx, fy - r * .6f, r * .8f, c);
  pen.limb(fx, fy - r * .7f, r * .85f, fx + r * .7f, fy - r * .7f, r * .7f, paw);
}

void legs(const Pen& pen, const Figure& f, const Beast& b, Colour near, Colour far, Colour paw) {
  const bool runs = f.action == FAST, hops = f.kind == RABBIT;
  const float reach = f.going * (runs ? .75f : .42f), y = b.back + b.depth * .25f;
  for (int i = 0; i < 4; i++) {  // far hind, far fore, near hind, near fore
    const bool fore = i & 1, is_near = i >= 2;
    // A trot moves diagonal pairs together, a gallop and a hop fore and hind pairs.
    const float offset = runs || hops ? (fore ? 2.4f : 0) + (is_near ? .35f : 0) : (fore == is_near ? 0 : TAU / 2);
    const float s = std::sin(f.phase + offset), c = std::cos(f.phase + offset);
    const float x = (fore ? b.length * .68f : -b.length * .70f) + (is_near ? -1.5f : 3);
    leg(pen, x, y, b.foot, reach * s, f.going * .7f * std::max(0.f, c), b.leg, is_near ? near : far, paw);
    if (!fore && is_near) pen.ellipse(x - 1, y - 2, b.leg * 2.1f, b.depth * .72f, near, near);
  }
}

void tail(const Pen& pen, const Figure& f, const Beast& b, Colour c, Colour dark) {
  const float x = -b.length + 2, y = b.back - b.depth * .4f, wag = std::sin(f.time * (f.kind == DOG ? 11.f : 2.6f));
  switch (f.kind) {
    case DOG: {
      const float tx = x - 13 + wag * 3, ty = y - 19 - wag * 2;
      pen.limb(x, y, 3.4f, tx, ty, 2.2f, c);
      break;
    }
    case CAT: {
      float px = x, py = y, angle = 2.5f;
      for (int i = 0; i < 5; i++) {
        const float nx = px + std::cos(angle) * 8, ny = py - std::sin(angle) * 8;
        pen.limb(px, py, 3 - i * .2f, nx, ny, 2.8f - i * .2f, c);
        px = nx, py = ny, angle -= .30f + .14f * wag;
      }
      break;
    }
    case HORSE:
      pen.limb(x, y, 3.5f, x - 9, y + 8, 4.5f, dark);
      pen.limb(x - 9, y + 8, 4.5f, x - 11 - 3 * wag - 7 * f.going, y + 27 - 6 * f.going, 1.4f, dark);
      break;
    case BEAR: pen.disc(x, y + 2, 5, c); break;
    default: pen.disc(x - 1, y + 5, 6.5f, WHITE);
  }
}

void ears(const Pen& pen, const Figure& f, const Beast& b, Colour c, Colour dark) {
  const float x = b.neck_x, y = b.neck_y, twitch = .06f * std::sin(f.time * 3);
  switch (f.kind) {
    case DOG: pen.limb(x - 6, y - 7, 4.4f, x - 10 + 2 * twitch, y + 6, 5.2f, dark); break;
    case CAT:
      pen.polygon({x - 12, y - 7, x - 9, y - 22, x, y - 10}, dark, c);
      pen.polygon({x + 1, y - 10, x + 8, y - 22, x + 11, y - 6}, c, c);
      pen.polygon({x + 3.5f, y - 11, x + 7.5f, y - 18, x + 9, y - 8}, {.95f, .66f, .66f}, {.95f, .66f, .66f});
      break;
    case HORSE:
      pen.polygon({x - 9, y - 6, x - 6, y - 17, x - 2, y - 7}, dark, c);
      pen.polygon({x - 5, y - 7, x - 1, y - 17, x + 2, y - 6}, c, c);
      break;
    case BEAR:
      for (float side : {-1.f, 1.f}) {
        pen.disc(x - 2 + side * 10, y - 11, 5.6f, side < 0 ? dark : c);
        pen.disc(x - 2 + side * 10, y - 11, 3, shade(c, .55f));
      }
      break;
    default:
      for (float side : {-1.f, 1.f}) {
        const float lean = -.25f + side * .16f + twitch - .5f * f.going * (f.action == FAST);
        const float tx = x - 2 + side * 3 + std::sin(lean) * 27, ty = y - 8 - std::cos(lean) * 25;
        pen.limb(x - 2 + side * 3, y - 8, 3.6f, tx, ty, 4, side < 0 ? dark : c);
        if (side > 0) pen.limb(x + 1, y - 12, 1.6f, tx, ty + 2, 2, {.95f, .68f, .70f});
      }
  }
}

void head(const Pen& pen, const Figure& f, const Beast& b, Colour c, Colour light, Colour dark) {
  const float x = b.neck_x, y = b.neck_y;
  pen.limb(b.length * .72f, b.back - b.depth * .15f, b.neck * 1.25f, x - 4, y + 2, b.neck, c);
  if (f.kind == HORSE) {  // the mane
    for (int i = 0; i < 6; i++) {
      const float k = i / 5.f, mx = x - 9 - 15 * k, my = y - 4 + 30 * k;
      pen.limb(mx, my, 4.4f, mx - 5 - 4 * f.going, my + 4 + 1.5f * std::sin(f.phase + i), 3, dark);
    }
  }
  ears(pen, f, b, c, dark);
  if (f.kind == DOG) {
    pen.ellipse(x, y, b.head_a, b.head_b, light, c);
    pen.limb(x + 5, y + 3, 6.4f, x + 5 + b.muzzle, y + 5, 5, light);
    pen.disc(x + 9 + b.muzzle, y + 2.5f, 3, DARK);
    ears(pen, f, b, c, dark);
  } else if (f.kind == HORSE) {
    pen.limb(x - 4, y, 9, x + 14, y + 13, 6, c);
    pen.ellipse(x + 15, y + 14, 6.4f, 5.4f, shade(light, 1.2f), light, 1, 1, .5f);
    pen.disc(x + 17, y + 13, 1.3f, DARK);
  } else {
    pen.ellipse(x, y, b.head_a, b.head_b, light, c);
    const Colour snout = f.kind == BEAR ? shade(c, 1.35f) : WHITE;
    pen.ellipse(x + 8, y + 4.5f, 6 + b.muzzle * .5f, 5 + b.muzzle * .2f, snout, shade(snout, .92f));
    pen.disc(x + 11 + b.muzzle * .8f, y + 2, f.kind == BEAR ? 3.4f : 1.9f,
             f.kind == BEAR ? DARK : Colour{.90f, .50f, .52f});
    if (f.kind == CAT)
      for (float whisker : {-2.f, 1.f, 4.f})
        pen.limb(x + 10, y + 4, .45f, x + 22, y + 3 + whisker, .45f, {.96f, .96f, .98f});
  }
  const float ex = f.kind == HORSE ? x + 1 : x + 4, ey = f.kind == HORSE ? y - 2 : y - 3;
  pen.disc(ex, ey, f.kind == BEAR ? 2.2f : 2.5f, DARK);
  pen.disc(ex + .8f, ey - .8f, .9f, WHITE);
}

}  // namespace

void draw_four_legged(const Pen& pen, const Figure& f) {
  const Beast& b = f.kind == DOG     ? DOG_FORM
                   : f.kind == CAT   ? CAT_FORM
                   : f.kind == HORSE ? HORSE_FORM
                   : f.kind == BEAR  ? BEAR_FORM
                                     : RABBIT_FORM;
  const Colour c = f.colour, light = shade(c, 1.12f), dark = shade(c, .68f);
  const Colour paw = f.kind == HORSE ? Colour{.30f, .25f, .24f} : f.kind == BEAR ? dark : shade(c, 1.35f);
  tail(pen, f, b, c, dark);
  legs(pen, f, b, shade(c, .94f), dark, paw);
  pen.ellipse(0, b.back, b.length, b.depth, light, shade(c, .82f));
  if (f.kind == DOG || f.kind == CAT)
    pen.ellipse(b.length * .55f, b.back + b.depth * .35f, b.length * .34f, b.depth * .6f, WHITE, shade(WHITE, .92f),
                .9f);
  if (f.kind == DOG)
    pen.limb(b.length * .78f, b.back - b.depth, 2.2f, b.length + 6, b.back - b.depth * .1f, 2.2f, {.36f, .30f, .34f});
  head(pen, f, b, c, light, dark);
}
