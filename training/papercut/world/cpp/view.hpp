// Where things of a frame lie on the screen: the camera with its layers of depth, and the light of the hour.
#pragma once
#include "colour.hpp"
#include "parameters.hpp"

struct View {
  int width, height;
  uint32_t seed;
  float unit;             // pixels for what is one pixel at 320 x 192
  float time;             // seconds, for waves and clouds
  float middle;           // x of the picture's middle
  float horizon, ground;  // y
  float magnification;    // of the layers at depth 1
  float subject_scale;    // pixels for one unit of a subject
  float drop;  // pixels by which what stands on the ground is lower, being nearer than depth 1
  float pan, tilt;        // pixels at depth 1

  // Depth: 0 far away, 1 where the subjects stand, more than 1 before them.
  float scale(float depth) const { return (1 + (magnification - 1) * depth) * unit; }
  float shift(float depth) const { return middle - pan * depth; }
  float random(int index) const { return chance(seed, index); }
};

struct Light {
  Colour sky_top, sky_middle, sky_horizon;
  Colour scenery;  // what scenery is multiplied by
  Colour subject;  // the same for subjects, which stay brighter
  bool dark;

  // A colour far away fades into the horizon.
  Colour through_air(Colour c, float distance) const {
    return mix(c * scenery, mix(sky_horizon, sky_horizon * scenery, .35f), distance);
  }
};

View view_of(const ShotParameters& shot, float seconds, int width, int height);
// Moves the picture so that `y` comes to the middle by a share of the way.
void frame_on(View& view, float y, float share);
Light light_of(const ShotParameters& shot);
