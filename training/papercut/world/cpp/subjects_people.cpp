// People and the robot, who walk on two legs: the coat, the dress or the metal has the subject's colour.
#include "figure.hpp"

using namespace paper;

namespace {

struct Build {
  float hip, shoulder, head;    // y
  float head_radius, leg, arm;  // lengths
  float shoulder_width, hem, hem_width;
  float thickness;
};

constexpr Build MAN_BUILD{12, -24, -37, 11, 37, 31, 14, 16, 15, 4.6f};
constexpr Build WOMAN_BUILD{12, -23, -36, 11, 37, 29, 12, 26, 22, 3.8f};
constexpr Build CHILD_BUILD{20, -10, -26, 15.5f, 29, 24, 13, 24, 17, 4.8f};
constexpr Build ROBOT_BUILD{14, -20, -36, 12, 35, 31, 18, 16, 17, 4.4f};

// A leg or an arm of two parts: the upper one at an angle from straight down, the lower one bent by `bend` more.
void jointed(const Pen& pen, float x, float y, float length, float angle, float bend, float r, Colour upper,
             Colour lower, Colour end, float end_size) {
  const float half = length * .5f, kx = x + std::sin(angle) * half, ky = y + std::cos(angle) * half;
  const float ex = kx + std::sin(angle + bend) * half, ey = ky + std::cos(angle + bend) * half;
  pen.limb(x, y, r, kx, ky, r * .92f, upper);
  pen.limb(kx, ky, r * .92f, ex, ey, r * .8f, lower);
  if (end_size > 0)
    pen.limb(ex, ey, end_size, ex + end_size * .9f, ey, end_size * .8f, end);
  else
    pen.disc(ex, ey, -end_size, end);
}

struct Pose {
  float leg[2], knee[2], arm[2], elbow[2];
  float lean = 0;
};

Pose pose_of(const Figure& f) {
  Pose pose{};
  const bool runs = f.action == FAST;
  const float s = std::sin(f.phase), c = std::cos(f.phase), going = f.going;
  const float stride = (runs ? .85f : .5f) * going;
  for (int side = 0; side < 2; side++) {
    const float sign = side ? -1.f : 1.f;
    pose.leg[side] = stride * s * sign;
    pose.knee[side] = -going * (runs ? 1.2f : .55f) * std::max(0.f, c * sign) - .04f;
    pose.arm[side] = -stride * .9f * s * sign + (side ? .10f : -.10f) * (1 - going);
    pose.elbow[side] = runs ? 1.3f * going : .25f;
  }
  pose.lean = runs ? .14f * going : 0;
  if (f.action == WAVE)
    pose.arm[0] = 1.95f + .22f * std::sin(f.time * 9), pose.elbow[0] = .55f + .5f * std::sin(f.time * 9 + .6f);
  if (f.action == JUMP) {
    const float up = std::max(0.f, std::sin(f.phase));
    for (int side = 0; side < 2; side++) {
      pose.arm[side] = (side ? -1 : 1) * (.3f + 2.1f * up), pose.elbow[side] = 0;
      pose.leg[side] = (side ? -.25f : .45f) * up, pose.knee[side] = -.7f * up;
    }
  }
  if (f.action == DANCE) {
    pose.arm[0] = 2.2f + .6f * s, pose.arm[1] = -2.2f + .6f * s;
    pose.elbow[0] = pose.elbow[1] = .3f * c;
    pose.leg[0] = .28f + .25f * s, pose.leg[1] = -.28f + .25f * s;
    pose.knee[0] = -.3f * std::max(0.f, c), pose.knee[1] = -.3f * std::max(0.f, -c);
    pose.lean = .10f * s;
  }
  return pose;
}

void face(const Pen& pen, const Build& b, Colour skin, Colour hair, int kind) {
  const float y = b.head, r = b.head_radius;
  if (kind == WOMAN) {
    pen.limb(-3, y - 1, r * 1.02f, -7, y + 16, r * .62f, hair);
  }
  pen.limb(0, y + r * .6f, r * .4f, 0, y + r * 1.25f, r * .4f, shade(skin, .9f));
  pen.ellipse(1, y, r, r * 1.04f, shade(skin, 1.05f), skin);
  pen.ellipse(-2.5f, y - r * .36f, r * 1.02f, r * .78f, hair, hair, 1, 1, -.35f);
  pen.ellipse(4.5f, y + r * .22f, r * .72f, r * .66f, shade(skin, 1.03f), skin);
  for (float x : {3.f, 8.2f}) pen.disc(x * r / 11, y - r * .02f, r * .125f, DARK);
  pen.ellipse(2 * r / 11, y + r * .33f, r * .17f, r * .12f, {.92f, .52f, .48f}, {.92f, .52f, .48f}, .5f);
  const Colour lips = shade(skin, .5f);
  pen.limb(3.6f * r / 11, y + r * .40f, r * .055f, 5.8f * r / 11, y + r * .52f, r * .055f, lips);
  pen.limb(5.8f * r / 11, y + r * .52f, r * .055f, 8.4f * r / 11, y + r * .42f, r * .055f, lips);
}

void person(const Pen& upright, const Figure& f) {
  static const Colour skins[4] = {{.98f, .80f, .66f}, {.90f, .68f, .50f}, {.66f, .45f, .31f}, {.45f, .30f, .22f}};
  static const Colour hairs[4] = {{.24f, .17f, .14f}, {.48f, .31f, .17f}, {.16f, .14f, .16f}, {.78f, .60f, .34f}};
  const int tone = static_cast<int>(f.look * 4) & 3;
  const Colour skin = skins[tone], hair = hairs[tone >= 2 ? 2 : static_cast<int>(f.look * 16) & 3];
  const Colour coat = f.colour, light = shade(coat, 1.12f), dark = shade(coat, .72f);
  const Colour trousers = f.kind == WOMAN ? shade(skin, .96f) : Colour{.27f, .28f, .38f}, shoe{.22f, .17f, .17f};
  const Build& b = f.kind == MAN ? MAN_BUILD : f.kind == WOMAN ? WOMAN_BUILD : CHILD_BUILD;
  const Pose pose = pose_of(f);
  const Pen pen = upright.turned(0, b.hip, pose.lean);
  const float t = b.thickness, sy = b.shoulder + 3;

  jointed(pen, -b.shoulder_width * .5f, sy, b.arm, pose.arm[1], pose.elbow[1], t * .9f, dark, dark, skin, -t * .85f);
  jointed(upright, -2, b.hip, b.leg, pose.leg[1], pose.knee[1], t * 1.1f, shade(trousers, .82f), shade(trousers, .82f),
          shoe, t);
  jointed(upright, 2, b.hip, b.leg, pose.leg[0], pose.knee[0], t * 1.1f, trousers, trousers, shoe, t);

  const float w = b.shoulder_width, sway = f.kind == WOMAN ? 2 * std::sin(f.phase) * f.going : 0;
  pen.polygon({-w * .72f, b.shoulder - 3, w * .72f, b.shoulder - 3, w, b.shoulder + 4, b.hem_width + sway, b.hem,
               -b.hem_width + sway, b.hem, -w, b.shoulder + 4},
              light, dark);
  if (f.kind == WOMAN) {
    pen.polygon({-10, 1, 10, 1, 10.5f, 5, -10.5f, 5}, dark, dark);
  } else {
    pen.polygon({-.9f + w * .2f, b.shoulder, .9f + w * .2f, b.shoulder, .9f + w * .25f, b.hem, -.9f + w * .25f, b.hem},
                dark, dark);
    for (float y : {.25f, .5f, .75f}) pen.disc(w * .5f, b.shoulder + (b.hem - b.shoulder) * y, 1.2f, WHITE);
  }
  face(pen, b, skin, hair, f.kind);
  if (f.kind == CHILD) {  // a hat in the coat's colour
    pen.ellipse(-1, b.head - 8, 15.5f, 10, light, coat);
    pen.limb(-15, b.head - 5, 2.2f, 14, b.head - 6.5f, 2.2f, dark);
    pen.disc(-2, b.head - 19, 4, WHITE);
  }
  if (f.kind == MAN) {
    pen.ellipse(0, b.head - 7.5f, 11.5f, 6.5f, shade(hair, .9f), hair);
  }
  jointed(pen, b.shoulder_width * .45f, sy, b.arm, pose.arm[0], pose.elbow[0], t, coat, shade(coat, .92f), skin,
          -t * .9f);
}

void robot(const Pen& upright, const Figure& f) {
  const Build& b = ROBOT_BUILD;
  const Colour c = f.colour, light = shade(c, 1.15f), dark = shade(c, .70f), joint{.42f, .43f, .48f};
  const Pose pose = pose_of(f);
  const Pen pen = upright.turned(0, b.hip, pose.lean);
  jointed(pen, -16, -12, b.arm, pose.arm[1], pose.elbow[1], 3.4f, joint, dark, dark, -4.6f);
  jointed(upright, -7, b.hip, b.leg, pose.leg[1], pose.knee[1], 4, joint, dark, dark, 5);
  jointed(upright, 7, b.hip, b.leg, pose.leg[0], pose.knee[0], 4, joint, c, c, 5);
  pen.polygon({-19, -18, 19, -18, 17, 17, -17, 17}, light, dark);
  pen.polygon({-11, -10, 11, -10, 11, 4, -11, 4}, WHITE, shade(WHITE, .9f));
  pen.disc(-5, -3, 3, {.95f, .45f, .35f});
  pen.disc(5, -3, 3, {.35f, .75f, .70f});
  pen.limb(0, -22, 4, 0, -18, 4, joint);
  pen.polygon({-15, -47, 15, -47, 17, -44, 17, -25, -17, -25, -17, -44}, light, c);
  for (float x : {-4.f, 9.f}) {
    pen.disc(x, -36, 5, WHITE);
    pen.disc(x + 1.2f, -36, 2.4f, DARK);
  }
  pen.limb(-3, -28.5f, .9f, 9, -28.5f, .9f, DARK);
  pen.limb(0, -47, 1, 0, -54, 1, joint);
  pen.disc(0, -55, 3, LAMP);
  jointed(pen, 17, -12, b.arm, pose.arm[0], pose.elbow[0], 3.6f, joint, c, c, -5);
}

}  // namespace

void draw_walker(const Pen& pen, const Figure& figure) {
  if (figure.kind == ROBOT) return robot(pen, figure);
  person(pen, figure);
}
